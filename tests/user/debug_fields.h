/*
 * What events of debugging say besides their kind, compared with what the debugger can find out
 * without them: of the process's memory, of files, and of what handles refer to.
 */
#pragma once

#include <windows.h>
#include "crt/check.h"

#define INT3 0xCC

static HANDLE process_of(const DEBUG_EVENT *event)
{
    return OpenProcess(PROCESS_ALL_ACCESS, FALSE, event->dwProcessId);
}

/* BYTES of what is AT in the event's process; zeros if that is not there. */
static void read_memory(const DEBUG_EVENT *event, const void *at, void *to, SIZE_T bytes)
{
    HANDLE process = process_of(event);

    memset(to, 0, bytes);
    ReadProcessMemory(process, at, to, bytes, NULL);
    CloseHandle(process);
}

/* ---- images -------------------------------------------------------------------------------------
 */

static IMAGE_NT_HEADERS32 headers_at(const DEBUG_EVENT *event, const void *base)
{
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS32 nt;

    read_memory(event, base, &dos, sizeof(dos));
    read_memory(event, (const char *)base + dos.e_lfanew, &nt, sizeof(nt));
    return nt;
}

static IMAGE_NT_HEADERS32 headers_in(HANDLE file)
{
    IMAGE_DOS_HEADER dos = {0};
    IMAGE_NT_HEADERS32 nt = {0};
    DWORD done;

    ReadFile(file, &dos, sizeof(dos), &done, NULL);
    SetFilePointer(file, dos.e_lfanew, NULL, FILE_BEGIN);
    ReadFile(file, &nt, sizeof(nt), &done, NULL);
    CHECK_INT(nt.Signature, IMAGE_NT_SIGNATURE);
    return nt;
}

/* FILE, which is closed, is what lies at BASE, and its symbols are where and as many as said. */
static void check_image(const DEBUG_EVENT *event, HANDLE file, const void *base,
                        DWORD symbols_offset, DWORD symbols)
{
    IMAGE_NT_HEADERS32 there = headers_at(event, base), here = headers_in(file);

    CHECK_INT(memcmp(&there.FileHeader, &here.FileHeader, sizeof(here.FileHeader)), 0);
    CHECK_INT(there.OptionalHeader.CheckSum, here.OptionalHeader.CheckSum);
    CHECK_INT(symbols_offset, here.FileHeader.PointerToSymbolTable);
    CHECK_INT(symbols, here.FileHeader.NumberOfSymbols);
    CloseHandle(file);
}

/* NAME: the DLL's. Those that both processes have lie at the same place in both. */
static void check_dll(const DEBUG_EVENT *event, const WCHAR *name)
{
    const LOAD_DLL_DEBUG_INFO *info = &event->u.LoadDll;
    HMODULE here = GetModuleHandleW(name);

    CHECK_INT(info->fUnicode, TRUE);
    check_image(event, info->hFile, info->lpBaseOfDll, info->dwDebugInfoFileOffset,
                info->nDebugInfoSize);
    if (here)
        CHECK_INT((DWORD)info->lpBaseOfDll, (DWORD)here);
}

/* ---- threads and processes ----------------------------------------------------------------------
 */

/* THREAD is the event's, and its TEB is at LOCAL_BASE. */
static void check_thread(const DEBUG_EVENT *event, HANDLE thread, const void *local_base)
{
    struct {
        NT_TIB tib;
        void *environment;
        DWORD process, thread;
    } teb;

    CHECK_INT(GetThreadId(thread), event->dwThreadId);
    CHECK_INT(GetProcessIdOfThread(thread), event->dwProcessId);
    read_memory(event, local_base, &teb, sizeof(teb));
    CHECK_INT((DWORD)teb.tib.Self, (DWORD)local_base);
    CHECK_INT(teb.process, event->dwProcessId);
    CHECK_INT(teb.thread, event->dwThreadId);
}

static void check_process(const DEBUG_EVENT *event)
{
    const CREATE_PROCESS_DEBUG_INFO *info = &event->u.CreateProcessInfo;
    DWORD entry = headers_at(event, info->lpBaseOfImage).OptionalHeader.AddressOfEntryPoint;

    CHECK_INT(GetProcessId(info->hProcess), event->dwProcessId);
    CHECK_INT((DWORD)info->lpStartAddress, (DWORD)info->lpBaseOfImage + entry);
    CHECK(info->lpImageName == NULL); /* nobody has mapped it by a name yet */
    CHECK_INT(info->fUnicode, TRUE);
    CHECK(info->dwDebugInfoFileOffset && info->nDebugInfoSize); /* it was linked with symbols */
    check_thread(event, info->hThread, info->lpThreadLocalBase);
    check_image(event, info->hFile, info->lpBaseOfImage, info->dwDebugInfoFileOffset,
                info->nDebugInfoSize);
}

static BOOL is_closed(HANDLE handle)
{
    DWORD flags;

    return !GetHandleInformation(handle, &flags) && GetLastError() == ERROR_INVALID_HANDLE;
}

/* ---- exceptions ---------------------------------------------------------------------------------
 */

static DWORD eip_of(const DEBUG_EVENT *event)
{
    HANDLE thread = OpenThread(THREAD_GET_CONTEXT, FALSE, event->dwThreadId);
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};

    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    CloseHandle(thread);
    return context.Eip;
}

/* A breakpoint's thread is behind it; all others are where the exception is. */
static void check_exception(const DEBUG_EVENT *event)
{
    const EXCEPTION_RECORD *record = &event->u.Exception.ExceptionRecord;
    DWORD eip = eip_of(event);
    BYTE instruction;

    CHECK(record->ExceptionRecord == NULL);
    if (record->ExceptionCode != EXCEPTION_BREAKPOINT) {
        CHECK_INT((DWORD)record->ExceptionAddress, eip);
        return;
    }
    CHECK_INT((DWORD)record->ExceptionAddress, eip - 1);
    CHECK_INT(record->ExceptionFlags, 0);
    CHECK_INT(record->NumberParameters, 1);
    CHECK_INT(record->ExceptionInformation[0], 0);
    read_memory(event, record->ExceptionAddress, &instruction, 1);
    CHECK_INT(instruction, INT3);
}

/* The breakpoint of ntdll's, where every debugged program begins. */
static void check_system_breakpoint(const EXCEPTION_DEBUG_INFO *info)
{
    FARPROC breakpoint = GetProcAddress(GetModuleHandleA("ntdll.dll"), "DbgBreakPoint");

    CHECK_INT((DWORD)info->ExceptionRecord.ExceptionAddress, (DWORD)breakpoint);
    CHECK_INT(info->dwFirstChance, TRUE);
}
