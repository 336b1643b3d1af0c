#!/usr/bin/python3
"""Write ntdll's system call stubs, or the names it exports for them.

    service_stubs.py stubs|exports services.h

A service's number is its place in the list.
"""
import re
import sys

# See user/ntdll/system_call.S: the shared user data page says how this processor calls.
STUB = """    .globl {nt}, {zw}
{nt}:
{zw}:
    movl    ${number}, %eax
    movl    $0x7FFE0300, %edx
    call    *(%edx)
    ret     {pop}
"""


def services(path):
    with open(path, encoding="utf-8") as file:
        return re.findall(r"SERVICE\((Nt\w+), \w+, (\d+)\)", file.read())


def symbol(prefix, name, words):
    return f"_{prefix}{name[2:]}@{int(words) * 4}"


def main():
    what, path = sys.argv[1:]
    known = services(path)
    if what == "stubs":
        print("    .text")
        for number, (name, words) in enumerate(known):
            print(STUB.format(nt=symbol("Nt", name, words), zw=symbol("Zw", name, words),
                              number=number, pop=f"${int(words) * 4}"))
    else:
        for name, _ in sorted(known):
            print(f"    {name}\n    Zw{name[2:]}")


main()
