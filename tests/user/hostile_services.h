/*
 * All system services, a row each: what their arguments are, and what a call of them returns when
 * all are right. tests/system/test_hostile.py compares the rows with kernel/nt/services.h and with
 * the functions' types: each pointer of a service must be tried.
 */
#pragma once

#include "hostile.h"
#include "../../user/nt/console.h"

#define MOST_ARGUMENTS 11
#define SAMPLE_BYTES   1024 /* a CONTEXT is the longest */
#define BUFFER_BYTES   512

/* What an argument is. */
enum argument_kind {
    NO_ARGUMENT,
    NUMBER,
    OBJECT,  /* a handle, of enum object */
    ADDRESS, /* of the process in question, which the service reports on and does not use itself */
    IGNORED, /* a pointer that this service, on this machine, never looks at */
    READ,    /* a pointer to what is read */
    WRITTEN,
    CHANGED, /* read and written */
};

enum object {
    OWN_PROCESS,
    OWN_THREAD,
    OTHER_THREAD,
    EVENT,
    SET_EVENT,
    SEMAPHORE,
    MUTANT,
    TIMER,
    SECTION,
    GROWING_SECTION,
    LINK,
    A_FILE,
    A_FOLDER,
    NULL_FILE,
    A_CONSOLE,
    TEMPORARY,
    DEBUGGER,
    OBJECTS
};

/* What the caller has at the pointer: filled in anew before each call. */
enum sample {
    ANYTHING, /* zeros */
    BASE,
    BYTES,
    OFFSET,
    NO_NAME, /* OBJECT_ATTRIBUTES */
    EVENT_NAME,
    SEMAPHORE_NAME,
    MUTANT_NAME,
    TIMER_NAME,
    SECTION_NAME,
    DIRECTORY_NAME,
    LINK_NAME,
    FILE_NAME,
    TEXT, /* a UNICODE_STRING */
    LINK_TARGET,
    ROOM, /* one with room */
    A_CONTEXT,
    A_RECORD,
    OWN_CLIENT,
    A_STACK, /* INITIAL_TEB */
    HANDLES_OF_EVENTS,
    PRIORITY,
    PRIORITY_CLASS,
    NORMAL_PRIORITY,
    SECTION_BYTES,
    MORE_BYTES,
    WATCH_COUNT,
    IN_A_DAY,
};

struct argument {
    UCHAR kind;      /* enum argument_kind */
    UCHAR sample;    /* enum sample, of pointers */
    USHORT bytes;    /* that are read or written there */
    ULONG value;     /* of a NUMBER; enum object; of an ADDRESS, 0: BASE */
    NTSTATUS answer; /* to an ADDRESS of the kernel; to a pointer to what there is not */
};

/* What has to be there for the call, and what is put right afterwards. */
enum setting {
    NOTHING,
    RESERVED,  /* memory at BASE */
    COMMITTED, /* the same */
    WATCHED,
    LOCKED,
    MUTANT_HELD,
    SUSPENDED,  /* OTHER_THREAD is, once more */
    NEW_HANDLE, /* the call makes one, at its first pointer */
    NEW_MEMORY, /* .. memory at BASE */
    NEW_VIEW,
    NEW_THREAD,
    NEW_PROCESS,
    NOT_TRIED, /* with right arguments it would not come back */
};

struct row {
    const char *service;
    NTSTATUS good; /* all arguments being right */
    UCHAR setting;
    struct argument arguments[MOST_ARGUMENTS];
};

/* clang-format off */
#define N(number)            {NUMBER, 0, 0, number, 0}
#define H(object)            {OBJECT, 0, 0, object, 0}
#define A(address, answer)   {ADDRESS, 0, 0, address, answer} /* ANSWER: of an address of the kernel */
#define X                    {IGNORED, 0, 0, 0, 0}
#define FROM(sample, bytes)  {READ, sample, bytes, 0, 0}
#define TO(bytes)            {WRITTEN, ANYTHING, bytes, 0, 0}
#define BOTH(sample, bytes)  {CHANGED, sample, bytes, 0, 0}
#define SOME_FROM(bytes)     {READ, ANYTHING, bytes, 0, STATUS_PARTIAL_COPY}
#define SOME_TO(bytes)       {WRITTEN, ANYTHING, bytes, 0, STATUS_PARTIAL_COPY}
#define ATTRIBUTES(sample)   FROM(sample, 24)
#define NONE                 {{NO_ARGUMENT, 0, 0, 0, 0}}

#define SUCCESS STATUS_SUCCESS

static const struct row rows[] = {
    {"NtTokosNull", SUCCESS, NOTHING, NONE},
    {"NtAllocateVirtualMemory", SUCCESS, NEW_MEMORY, {H(OWN_PROCESS), BOTH(ANYTHING, 4), N(0), BOTH(BYTES, 4), N(MEM_RESERVE), N(PAGE_READWRITE)}},
    {"NtFreeVirtualMemory", SUCCESS, RESERVED, {H(OWN_PROCESS), BOTH(BASE, 4), BOTH(ANYTHING, 4), N(MEM_RELEASE)}},
    {"NtProtectVirtualMemory", SUCCESS, COMMITTED, {H(OWN_PROCESS), BOTH(BASE, 4), BOTH(BYTES, 4), N(PAGE_READONLY), TO(4)}},
    {"NtQueryVirtualMemory", SUCCESS, NOTHING, {H(OWN_PROCESS), A(0x10000, STATUS_INVALID_PARAMETER), N(0), TO(28), N(28), TO(4)}},
    {"NtLockVirtualMemory", SUCCESS, COMMITTED, {H(OWN_PROCESS), BOTH(BASE, 4), BOTH(BYTES, 4), N(1)}},
    {"NtUnlockVirtualMemory", SUCCESS, LOCKED, {H(OWN_PROCESS), BOTH(BASE, 4), BOTH(BYTES, 4), N(1)}},
    {"NtReadVirtualMemory", SUCCESS, NOTHING, {H(OWN_PROCESS), A(MM_PEB, STATUS_ACCESS_VIOLATION), SOME_TO(64), N(64), TO(4)}},
    {"NtWriteVirtualMemory", SUCCESS, COMMITTED, {H(OWN_PROCESS), A(0, STATUS_ACCESS_VIOLATION), SOME_FROM(64), N(64), TO(4)}},
    {"NtFlushInstructionCache", SUCCESS, NOTHING, {H(OWN_PROCESS), A(0x10000, SUCCESS), N(64)}},
    {"NtGetWriteWatch", SUCCESS, WATCHED, {H(OWN_PROCESS), N(1), A(0, STATUS_INVALID_PARAMETER_2), N(PAGE), TO(4), BOTH(WATCH_COUNT, 4), TO(4)}},
    {"NtResetWriteWatch", SUCCESS, WATCHED, {H(OWN_PROCESS), A(0, STATUS_INVALID_PARAMETER_2), N(PAGE)}},
    {"NtClose", STATUS_INVALID_HANDLE, NOTHING, {N(0x7770)}},
    {"NtContinue", SUCCESS, NOT_TRIED, {FROM(A_CONTEXT, 492), N(0)}},
    {"NtRaiseException", SUCCESS, NOT_TRIED, {FROM(A_RECORD, 80), FROM(A_CONTEXT, 716), N(1)}},
    {"NtTerminateThread", STATUS_INVALID_HANDLE, NOTHING, {N(0x7770), N(0)}},
    {"NtTerminateProcess", STATUS_INVALID_HANDLE, NOTHING, {N(0x7770), N(0)}},
    {"NtYieldExecution", STATUS_NO_YIELD_PERFORMED, NOTHING, NONE},
    {"NtTestAlert", SUCCESS, NOTHING, NONE},
    {"NtMapViewOfSection", SUCCESS, NEW_VIEW, {H(SECTION), H(OWN_PROCESS), BOTH(ANYTHING, 4), N(0), N(0), BOTH(OFFSET, 8), BOTH(ANYTHING, 4), N(1), N(0), N(PAGE_READWRITE)}},
    {"NtUnmapViewOfSection", STATUS_NOT_MAPPED_VIEW, NOTHING, {H(OWN_PROCESS), A(0x10000, STATUS_NOT_MAPPED_VIEW)}},
    {"NtQuerySection", SUCCESS, NOTHING, {H(SECTION), N(0), TO(16), N(16), TO(4)}},
    {"NtCreateSection", SUCCESS, NEW_HANDLE, {TO(4), N(SECTION_ALL_ACCESS), ATTRIBUTES(NO_NAME), FROM(SECTION_BYTES, 8), N(PAGE_READWRITE), N(SEC_COMMIT), N(0)}},
    {"NtOpenSection", SUCCESS, NEW_HANDLE, {TO(4), N(SECTION_ALL_ACCESS), ATTRIBUTES(SECTION_NAME)}},
    {"NtCreateProcess", SUCCESS, NEW_PROCESS, {TO(4), N(PROCESS_ALL_ACCESS), ATTRIBUTES(NO_NAME), H(OWN_PROCESS), N(0), N(0), N(0), N(0)}},
    {"NtOpenProcess", SUCCESS, NEW_HANDLE, {TO(4), N(PROCESS_ALL_ACCESS), ATTRIBUTES(NO_NAME), FROM(OWN_CLIENT, 8)}},
    {"NtQueryInformationProcess", SUCCESS, NOTHING, {H(OWN_PROCESS), N(0), TO(24), N(24), TO(4)}},
    {"NtCreateThread", SUCCESS, NEW_THREAD, {TO(4), N(THREAD_ALL_ACCESS), ATTRIBUTES(NO_NAME), H(OWN_PROCESS), TO(8), FROM(A_CONTEXT, 716), FROM(A_STACK, 20), N(1)}},
    {"NtOpenThread", SUCCESS, NEW_HANDLE, {TO(4), N(THREAD_ALL_ACCESS), ATTRIBUTES(NO_NAME), FROM(OWN_CLIENT, 8)}},
    {"NtQueryInformationThread", SUCCESS, NOTHING, {H(OWN_THREAD), N(0), TO(28), N(28), TO(4)}},
    {"NtSuspendThread", SUCCESS, SUSPENDED, {H(OTHER_THREAD), TO(4)}},
    {"NtResumeThread", SUCCESS, SUSPENDED, {H(OTHER_THREAD), TO(4)}},
    {"NtGetContextThread", SUCCESS, NOTHING, {H(OTHER_THREAD), BOTH(A_CONTEXT, 716)}},
    {"NtSetContextThread", SUCCESS, NOTHING, {H(OTHER_THREAD), FROM(ANYTHING, 716)}},
    {"NtCreateFile", SUCCESS, NEW_HANDLE, {TO(4), N(GENERIC_READ), ATTRIBUTES(FILE_NAME), BOTH(ANYTHING, 8), FROM(ANYTHING, 8), N(0), N(7), N(FILE_OPEN), N(0), X, N(0)}},
    {"NtOpenFile", SUCCESS, NEW_HANDLE, {TO(4), N(GENERIC_READ), ATTRIBUTES(FILE_NAME), BOTH(ANYTHING, 8), N(7), N(0)}},
    {"NtReadFile", SUCCESS, NOTHING, {H(A_FILE), N(0), N(0), X, BOTH(ANYTHING, 8), TO(64), N(64), FROM(OFFSET, 8), X}},
    {"NtWriteFile", SUCCESS, NOTHING, {H(NULL_FILE), N(0), N(0), X, BOTH(ANYTHING, 8), FROM(ANYTHING, 64), N(64), FROM(OFFSET, 8), X}},
    {"NtFlushBuffersFile", SUCCESS, NOTHING, {H(NULL_FILE), BOTH(ANYTHING, 8)}},
    {"NtQueryInformationFile", SUCCESS, NOTHING, {H(A_FILE), BOTH(ANYTHING, 8), TO(24), N(24), N(5)}},
    {"NtSetInformationFile", SUCCESS, NOTHING, {H(A_FILE), BOTH(ANYTHING, 8), FROM(ANYTHING, 8), N(8), N(14)}},
    {"NtQueryDirectoryFile", SUCCESS, NOTHING, {H(A_FOLDER), N(0), N(0), X, BOTH(ANYTHING, 8), TO(80), N(512), N(1), N(1), FROM(TEXT, 8), N(1)}},
    {"NtQueryAttributesFile", SUCCESS, NOTHING, {ATTRIBUTES(FILE_NAME), TO(40)}},
    {"NtQueryFullAttributesFile", SUCCESS, NOTHING, {ATTRIBUTES(FILE_NAME), TO(56)}},
    {"NtQueryVolumeInformationFile", SUCCESS, NOTHING, {H(A_FILE), BOTH(ANYTHING, 8), TO(24), N(24), N(3)}},
    {"NtTokosQueryPage", SUCCESS, NOTHING, {H(OWN_PROCESS), A(0x10000, STATUS_INVALID_PARAMETER), TO(sizeof(struct tokos_page))}},
    {"NtTokosQueryCounters", SUCCESS, NOTHING, {TO(sizeof(struct tokos_counters))}},
    {"NtWaitForSingleObject", SUCCESS, NOTHING, {H(SET_EVENT), N(0), FROM(ANYTHING, 8)}},
    {"NtWaitForMultipleObjects", SUCCESS, NOTHING, {N(2), FROM(HANDLES_OF_EVENTS, 8), N(1), N(0), FROM(ANYTHING, 8)}},
    {"NtSignalAndWaitForSingleObject", SUCCESS, NOTHING, {H(SET_EVENT), H(SET_EVENT), N(0), FROM(ANYTHING, 8)}},
    {"NtDelayExecution", SUCCESS, NOTHING, {N(0), FROM(ANYTHING, 8)}},
    {"NtCreateEvent", SUCCESS, NEW_HANDLE, {TO(4), N(EVENT_ALL_ACCESS), ATTRIBUTES(NO_NAME), N(0), N(0)}},
    {"NtOpenEvent", SUCCESS, NEW_HANDLE, {TO(4), N(EVENT_ALL_ACCESS), ATTRIBUTES(EVENT_NAME)}},
    {"NtSetEvent", SUCCESS, NOTHING, {H(SET_EVENT), TO(4)}},
    {"NtResetEvent", SUCCESS, NOTHING, {H(EVENT), TO(4)}},
    {"NtClearEvent", SUCCESS, NOTHING, {H(EVENT)}},
    {"NtPulseEvent", SUCCESS, NOTHING, {H(EVENT), TO(4)}},
    {"NtQueryEvent", SUCCESS, NOTHING, {H(EVENT), N(0), TO(8), N(8), TO(4)}},
    {"NtCreateSemaphore", SUCCESS, NEW_HANDLE, {TO(4), N(SEMAPHORE_ALL_ACCESS), ATTRIBUTES(NO_NAME), N(0), N(1)}},
    {"NtOpenSemaphore", SUCCESS, NEW_HANDLE, {TO(4), N(SEMAPHORE_ALL_ACCESS), ATTRIBUTES(SEMAPHORE_NAME)}},
    {"NtReleaseSemaphore", SUCCESS, NOTHING, {H(SEMAPHORE), N(1), TO(4)}},
    {"NtQuerySemaphore", SUCCESS, NOTHING, {H(SEMAPHORE), N(0), TO(8), N(8), TO(4)}},
    {"NtCreateMutant", SUCCESS, NEW_HANDLE, {TO(4), N(MUTANT_ALL_ACCESS), ATTRIBUTES(NO_NAME), N(0)}},
    {"NtOpenMutant", SUCCESS, NEW_HANDLE, {TO(4), N(MUTANT_ALL_ACCESS), ATTRIBUTES(MUTANT_NAME)}},
    {"NtReleaseMutant", SUCCESS, MUTANT_HELD, {H(MUTANT), TO(4)}},
    {"NtQueryMutant", SUCCESS, NOTHING, {H(MUTANT), N(0), TO(8), N(8), TO(4)}},
    {"NtCreateTimer", SUCCESS, NEW_HANDLE, {TO(4), N(TIMER_ALL_ACCESS), ATTRIBUTES(NO_NAME), N(0)}},
    {"NtOpenTimer", SUCCESS, NEW_HANDLE, {TO(4), N(TIMER_ALL_ACCESS), ATTRIBUTES(TIMER_NAME)}},
    {"NtSetTimer", SUCCESS, NOTHING, {H(TIMER), FROM(IN_A_DAY, 8), N(0), X, N(0), N(0), TO(1)}},
    {"NtCancelTimer", SUCCESS, NOTHING, {H(TIMER), TO(1)}},
    {"NtQueryTimer", SUCCESS, NOTHING, {H(TIMER), N(0), TO(16), N(16), TO(4)}},
    {"NtDuplicateObject", SUCCESS, NEW_HANDLE, {H(OWN_PROCESS), H(EVENT), H(OWN_PROCESS), TO(4), N(0), N(0), N(DUPLICATE_SAME_ACCESS)}},
    {"NtQueryObject", SUCCESS, NOTHING, {H(EVENT), N(0), TO(56), N(56), TO(4)}},
    {"NtSetInformationObject", SUCCESS, NOTHING, {H(EVENT), N(4), FROM(ANYTHING, 2), N(2)}},
    {"NtMakeTemporaryObject", SUCCESS, NOTHING, {H(TEMPORARY)}},
    {"NtCreateDirectoryObject", SUCCESS, NEW_HANDLE, {TO(4), N(3), ATTRIBUTES(NO_NAME)}},
    {"NtOpenDirectoryObject", SUCCESS, NEW_HANDLE, {TO(4), N(3), ATTRIBUTES(DIRECTORY_NAME)}},
    {"NtCreateSymbolicLinkObject", SUCCESS, NEW_HANDLE, {TO(4), N(1), ATTRIBUTES(NO_NAME), FROM(LINK_TARGET, 8)}},
    {"NtOpenSymbolicLinkObject", SUCCESS, NEW_HANDLE, {TO(4), N(1), ATTRIBUTES(LINK_NAME)}},
    {"NtQuerySymbolicLinkObject", SUCCESS, NOTHING, {H(LINK), BOTH(ROOM, 8), TO(4)}},
    {"NtQuerySystemTime", SUCCESS, NOTHING, {TO(8)}},
    {"NtSetSystemTime", STATUS_PRIVILEGE_NOT_HELD, NOTHING, {X, X}},
    {"NtQueryPerformanceCounter", SUCCESS, NOTHING, {TO(8), TO(8)}},
    {"NtQueryTimerResolution", SUCCESS, NOTHING, {TO(4), TO(4), TO(4)}},
    {"NtAlertThread", SUCCESS, NOTHING, {H(OTHER_THREAD)}},
    {"NtQueueApcThread", STATUS_INVALID_HANDLE, NOTHING, {N(0x7770), A(0x10000, STATUS_INVALID_HANDLE), X, X, X}},
    {"NtQuerySystemInformation", SUCCESS, NOTHING, {N(0), TO(44), N(44), TO(4)}},
    {"NtSetInformationProcess", SUCCESS, NOTHING, {H(OWN_PROCESS), N(18), FROM(PRIORITY_CLASS, 2), N(2)}},
    {"NtSetInformationThread", SUCCESS, NOTHING, {H(OWN_THREAD), N(3), FROM(ANYTHING, 4), N(4)}},
    {"NtDeviceIoControlFile", SUCCESS, NOTHING, {H(A_CONSOLE), N(0), N(0), X, BOTH(ANYTHING, 8), N(IOCTL_CONSOLE_GET_MODE), FROM(ANYTHING, 64), N(64), TO(4), N(4)}},
    {"NtDisplayString", SUCCESS, NOTHING, {FROM(TEXT, 8)}},
    {"NtExtendSection", SUCCESS, NOTHING, {H(GROWING_SECTION), BOTH(MORE_BYTES, 8)}},
    {"NtCreateProcessEx", SUCCESS, NEW_PROCESS, {TO(4), N(PROCESS_ALL_ACCESS), ATTRIBUTES(NO_NAME), H(OWN_PROCESS), N(0), N(0), N(0), N(0), N(0)}},
    {"NtCreateDebugObject", SUCCESS, NEW_HANDLE, {TO(4), N(0x1F000F), ATTRIBUTES(NO_NAME), N(0)}},
    {"NtSetInformationDebugObject", SUCCESS, NOTHING, {H(DEBUGGER), N(1), FROM(ANYTHING, 4), N(4), TO(4)}},
    {"NtDebugActiveProcess", STATUS_ACCESS_DENIED, NOTHING, {H(OWN_PROCESS), H(DEBUGGER)}},
    {"NtRemoveProcessDebug", STATUS_ACCESS_DENIED, NOTHING, {H(OWN_PROCESS), H(DEBUGGER)}},
    {"NtWaitForDebugEvent", STATUS_TIMEOUT, NOTHING, {H(DEBUGGER), N(0), FROM(ANYTHING, 8), TO(96)}},
    {"NtFlushProcessWriteBuffers", SUCCESS, NOTHING, NONE},
    {"NtDebugContinue", STATUS_INVALID_PARAMETER, NOTHING, {H(DEBUGGER), FROM(OWN_CLIENT, 8), N(DBG_CONTINUE)}},
    {"NtFlushVirtualMemory", STATUS_NOT_MAPPED_DATA, COMMITTED, {H(OWN_PROCESS), BOTH(BASE, 4), BOTH(BYTES, 4), TO(8)}},
};
/* clang-format on */
