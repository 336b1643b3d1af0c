"""TokOS's own programs that write code and run it. (tests/user/generated_code.c has the cases.)"""
import re

import pytest
from programrun import run

pytestmark = pytest.mark.xdist_group("programs")


@pytest.mark.parametrize("options", [("--memory", "16M", "--append", "slowpager=1"), ("--cpu", "max")],
                         ids=" ".join)
def test_the_flush_makes_no_difference(options):
    code, out, err = run("codegen", options=options)
    assert (code, err) == (0, "")
    assert out.count(b"Both columns agree.") == len(re.findall(rb"(?m)^\w+: ", out)) == 8
    results = re.findall(rb"(?m)^  call it\D+(\d+) .* (\d+) ", out)
    assert results and all(left == right for left, right in results)


def test_a_long_function_takes_as_many_faults_as_pages():
    expression = " - ".join(f"(x + {number}) * -x * {number % 7}" for number in range(400))
    code, out, err = run("jit", "-n", expression, -2, 3)
    text = out.decode()
    assert (code, err) == (0, "")
    values = {int(x): int(value) for x, value in re.findall(r"x = (-?\d+): (-?\d+)", text)}
    assert values == {x: eval(expression, {"x": x}) for x in range(-2, 4)}
    pages = -(-int(re.search(r"(\d+) bytes of code", text)[1]) // 4096)
    assert pages > 2
    assert f"write the code {pages} faults: demand-zero {pages}" in " ".join(text.split())
    assert re.search(r"call it +0 faults:", text)


@pytest.mark.parametrize("expression, error, column", [
    ("x +", "expected a number, x, ( or -", 3),
    ("(x", "expected )", 2),
    ("2147483648", "this number is too large", 9),
    ("(" * 300, "nested too deeply", 200),
])
def test_bad_expressions(expression, error, column):
    code, _, err = run("jit", expression)
    assert code == 2
    lines = err.replace("\r", "").splitlines()
    assert lines[0] == f"jit: {expression}: {error}"
    assert lines[1].index("^") == 5 + column
