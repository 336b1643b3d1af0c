/*
 * Other processes, by handles that do not grant it: each service that takes the handle of a
 * process, a thread, a section or a debug object is called with a handle that grants all but the
 * right it needs, and with one that grants nothing else. Then the processes that are nobody's: the
 * system's, and handles of the kernel. tests/system/test_hostile.py compares the rows with the
 * services.
 */
#include "hostile.h"

#define MOST_ARGUMENTS 10
#define SYSTEM_PROCESS 4
#define FAR_AWAY       ((ULONG)(ULONG_PTR)far_away)
#define KERNEL_HANDLE  0x80000000u

/* Not in mingw's headers. */
#define THREAD_ALERT          0x4u
#define DEBUG_READ_EVENT      0x1u
#define DEBUG_PROCESS_ASSIGN  0x2u
#define DEBUG_SET_INFORMATION 0x4u
#define DEBUG_ALL_ACCESS      0x1F000Fu

enum target {
    PROCESS,
    THREAD,
    SECTION,
    DEBUG_OBJECT,
    TARGETS
};

NTSTATUS NTAPI NtCreateDebugObject(HANDLE *object, ACCESS_MASK access,
                                   OBJECT_ATTRIBUTES *attributes, ULONG flags);

static HANDLE all[TARGETS]; /* of the victim, and what debugs it, now and then */
static void *far_away;      /* memory of the victim */

/* Arguments that are not numbers. */
enum word {
    WEAK = 0x7F000000, /* the handle with the rights */
    PLACE,             /* .. where the address of the victim's memory is */
    BYTES,
    ROOM, /* some memory of our own */
    RESULT,
    MEMORY, /* the victim's memory itself */
    STRONG_PROCESS,
    STRONG_SECTION,
    STRONG_DEBUG_OBJECT,
    OWN_EVENT,
    OWN_SECTION_AT,
    NOTHING_AT, /* zeros */
    LAST_MAPPED,
    WEAK_AT, /* where the handle is */
};

static UCHAR room[1024];
static ULONG place, bytes, result, nothing[2], mapped;
static HANDLE own_event, weak;

/* clang-format off */
static const struct row {
    const char *service;
    enum target target;
    ACCESS_MASK right;
    NTSTATUS with; /* what it returns with this right only */
    ULONG arguments[MOST_ARGUMENTS];
    unsigned count;
} rows[] = {
    {"NtAllocateVirtualMemory", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {WEAK, PLACE, 0, BYTES, MEM_COMMIT, PAGE_READWRITE}, 6},
    {"NtProtectVirtualMemory", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {WEAK, PLACE, BYTES, PAGE_READWRITE, RESULT}, 5},
    {"NtQueryVirtualMemory", PROCESS, PROCESS_QUERY_INFORMATION, STATUS_SUCCESS, {WEAK, MEMORY, 0, ROOM, 28, RESULT}, 6},
    {"NtLockVirtualMemory", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {WEAK, PLACE, BYTES, 1}, 4},
    {"NtUnlockVirtualMemory", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {WEAK, PLACE, BYTES, 1}, 4},
    {"NtReadVirtualMemory", PROCESS, PROCESS_VM_READ, STATUS_SUCCESS, {WEAK, MEMORY, ROOM, 64, RESULT}, 5},
    {"NtWriteVirtualMemory", PROCESS, PROCESS_VM_WRITE, STATUS_SUCCESS, {WEAK, MEMORY, ROOM, 64, RESULT}, 5},
    {"NtFlushInstructionCache", PROCESS, PROCESS_VM_WRITE, STATUS_SUCCESS, {WEAK, MEMORY, 64}, 3},
    {"NtGetWriteWatch", PROCESS, PROCESS_VM_OPERATION, STATUS_INVALID_PARAMETER_1, {WEAK, 1, MEMORY, PAGE, ROOM, BYTES, RESULT}, 7},
    {"NtResetWriteWatch", PROCESS, PROCESS_VM_OPERATION, STATUS_INVALID_PARAMETER_1, {WEAK, MEMORY, PAGE}, 3},
    {"NtFlushVirtualMemory", PROCESS, PROCESS_VM_OPERATION, STATUS_NOT_MAPPED_DATA, {WEAK, PLACE, BYTES, ROOM}, 4},
    {"NtMapViewOfSection", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {STRONG_SECTION, WEAK, OWN_SECTION_AT, 0, 0, 0, NOTHING_AT, 1, 0, PAGE_READWRITE}, 10},
    {"NtUnmapViewOfSection", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {WEAK, LAST_MAPPED}, 2},
    {"NtCreateProcess", PROCESS, PROCESS_CREATE_PROCESS, STATUS_INVALID_HANDLE, {RESULT, 0, 0, WEAK, 0, 0x7770, 0, 0}, 8},
    {"NtCreateThread", PROCESS, PROCESS_CREATE_THREAD, STATUS_ACCESS_VIOLATION, {RESULT, 0, 0, WEAK, 0, 0x40, 0x40, 1}, 8},
    {"NtQueryInformationProcess", PROCESS, PROCESS_QUERY_INFORMATION, STATUS_SUCCESS, {WEAK, 0, ROOM, 24, RESULT}, 5},
    {"NtSetInformationProcess", PROCESS, PROCESS_SET_INFORMATION, STATUS_INVALID_PARAMETER, {WEAK, 21, NOTHING_AT, 4}, 4},
    {"NtTokosQueryPage", PROCESS, PROCESS_QUERY_INFORMATION, STATUS_SUCCESS, {WEAK, MEMORY, ROOM}, 3},
    {"NtDuplicateObject", PROCESS, PROCESS_DUP_HANDLE, STATUS_INVALID_HANDLE, {WEAK, 0x7770, (ULONG)-1, RESULT, 0, 0, 0}, 7},
    {"NtDuplicateObject", PROCESS, PROCESS_DUP_HANDLE, STATUS_INVALID_HANDLE, {(ULONG)-1, 0x7770, WEAK, RESULT, 0, 0, 0}, 7},
    {"NtWaitForSingleObject", PROCESS, SYNCHRONIZE, STATUS_TIMEOUT, {WEAK, 0, NOTHING_AT}, 3},
    {"NtSignalAndWaitForSingleObject", PROCESS, SYNCHRONIZE, STATUS_TIMEOUT, {OWN_EVENT, WEAK, 0, NOTHING_AT}, 4},
    {"NtSuspendThread", THREAD, THREAD_SUSPEND_RESUME, STATUS_SUCCESS, {WEAK, RESULT}, 2},
    {"NtResumeThread", THREAD, THREAD_SUSPEND_RESUME, STATUS_SUCCESS, {WEAK, RESULT}, 2},
    {"NtGetContextThread", THREAD, THREAD_GET_CONTEXT, STATUS_SUCCESS, {WEAK, ROOM}, 2},
    {"NtSetContextThread", THREAD, THREAD_SET_CONTEXT, STATUS_SUCCESS, {WEAK, ROOM}, 2},
    {"NtQueueApcThread", THREAD, THREAD_SET_CONTEXT, STATUS_SUCCESS, {WEAK, MEMORY, 0, 0, 0}, 5},
    {"NtAlertThread", THREAD, THREAD_ALERT, STATUS_SUCCESS, {WEAK}, 1},
    {"NtQueryInformationThread", THREAD, THREAD_QUERY_INFORMATION, STATUS_SUCCESS, {WEAK, 0, ROOM, 28, RESULT}, 5},
    {"NtSetInformationThread", THREAD, THREAD_SET_INFORMATION, STATUS_SUCCESS, {WEAK, 3, NOTHING_AT, 4}, 4},
    {"NtWaitForSingleObject", THREAD, SYNCHRONIZE, STATUS_TIMEOUT, {WEAK, 0, NOTHING_AT}, 3},
    {"NtQuerySection", SECTION, SECTION_QUERY, STATUS_SUCCESS, {WEAK, 0, ROOM, 16, RESULT}, 5},
    {"NtMapViewOfSection", SECTION, SECTION_MAP_WRITE, STATUS_CONFLICTING_ADDRESSES, {WEAK, (ULONG)-1, PLACE, 0, 0, 0, NOTHING_AT, 1, 0, PAGE_READWRITE}, 10},
    {"NtMapViewOfSection", SECTION, SECTION_MAP_READ, STATUS_CONFLICTING_ADDRESSES, {WEAK, (ULONG)-1, PLACE, 0, 0, 0, NOTHING_AT, 1, 0, PAGE_READONLY}, 10},
    {"NtExtendSection", SECTION, SECTION_EXTEND_SIZE, STATUS_SECTION_NOT_EXTENDED, {WEAK, NOTHING_AT}, 2},
    {"NtCreateProcess", SECTION, SECTION_MAP_EXECUTE, STATUS_SECTION_NOT_IMAGE, {RESULT, 0, 0, (ULONG)-1, 0, WEAK, 0, 0}, 8},
    {"NtCreateProcess", DEBUG_OBJECT, DEBUG_PROCESS_ASSIGN, STATUS_INVALID_HANDLE, {RESULT, 0, 0, (ULONG)-1, 0, 0x7770, WEAK, 0}, 8},
    {"NtCreateProcessEx", PROCESS, PROCESS_CREATE_PROCESS, STATUS_INVALID_HANDLE, {RESULT, 0, 0, WEAK, 0, 0x7770, 0, 0, 0}, 9},
    {"NtCreateProcessEx", SECTION, SECTION_MAP_EXECUTE, STATUS_SECTION_NOT_IMAGE, {RESULT, 0, 0, (ULONG)-1, 0, WEAK, 0, 0, 0}, 9},
    {"NtCreateProcessEx", DEBUG_OBJECT, DEBUG_PROCESS_ASSIGN, STATUS_INVALID_HANDLE, {RESULT, 0, 0, (ULONG)-1, 0, 0x7770, WEAK, 0, 0}, 9},
    {"NtDebugActiveProcess", PROCESS, PROCESS_SUSPEND_RESUME, STATUS_SUCCESS, {WEAK, STRONG_DEBUG_OBJECT}, 2},
    {"NtRemoveProcessDebug", PROCESS, PROCESS_SUSPEND_RESUME, STATUS_SUCCESS, {WEAK, STRONG_DEBUG_OBJECT}, 2},
    {"NtDebugActiveProcess", DEBUG_OBJECT, DEBUG_PROCESS_ASSIGN, STATUS_SUCCESS, {STRONG_PROCESS, WEAK}, 2},
    {"NtRemoveProcessDebug", DEBUG_OBJECT, DEBUG_PROCESS_ASSIGN, STATUS_SUCCESS, {STRONG_PROCESS, WEAK}, 2},
    {"NtWaitForDebugEvent", DEBUG_OBJECT, DEBUG_READ_EVENT, STATUS_TIMEOUT, {WEAK, 0, NOTHING_AT, ROOM}, 4},
    {"NtDebugContinue", DEBUG_OBJECT, DEBUG_READ_EVENT, STATUS_INVALID_PARAMETER, {WEAK, NOTHING_AT, (ULONG)DBG_CONTINUE}, 3},
    {"NtSetInformationDebugObject", DEBUG_OBJECT, DEBUG_SET_INFORMATION, STATUS_SUCCESS, {WEAK, 1, NOTHING_AT, 4, RESULT}, 5},
    {"NtWaitForSingleObject", DEBUG_OBJECT, SYNCHRONIZE, STATUS_TIMEOUT, {WEAK, 0, NOTHING_AT}, 3},
    {"NtSignalAndWaitForSingleObject", THREAD, SYNCHRONIZE, STATUS_TIMEOUT, {OWN_EVENT, WEAK, 0, NOTHING_AT}, 4},
    {"NtSignalAndWaitForSingleObject", DEBUG_OBJECT, SYNCHRONIZE, STATUS_TIMEOUT, {OWN_EVENT, WEAK, 0, NOTHING_AT}, 4},
    {"NtWaitForMultipleObjects", PROCESS, SYNCHRONIZE, STATUS_TIMEOUT, {1, WEAK_AT, 1, 0, NOTHING_AT}, 5},
    {"NtWaitForMultipleObjects", THREAD, SYNCHRONIZE, STATUS_TIMEOUT, {1, WEAK_AT, 1, 0, NOTHING_AT}, 5},
    {"NtWaitForMultipleObjects", DEBUG_OBJECT, SYNCHRONIZE, STATUS_TIMEOUT, {1, WEAK_AT, 1, 0, NOTHING_AT}, 5},
    /* the new handles are the victim's, and end with it */
    {"NtDuplicateObject", PROCESS, PROCESS_VM_READ, STATUS_SUCCESS, {(ULONG)-1, WEAK, STRONG_PROCESS, RESULT, PROCESS_VM_READ, 0, 0}, 7},
    {"NtDuplicateObject", THREAD, THREAD_GET_CONTEXT, STATUS_SUCCESS, {(ULONG)-1, WEAK, STRONG_PROCESS, RESULT, THREAD_GET_CONTEXT, 0, 0}, 7},
    {"NtDuplicateObject", SECTION, SECTION_MAP_READ, STATUS_SUCCESS, {(ULONG)-1, WEAK, STRONG_PROCESS, RESULT, SECTION_MAP_READ, 0, 0}, 7},
    {"NtDuplicateObject", DEBUG_OBJECT, DEBUG_READ_EVENT, STATUS_SUCCESS, {(ULONG)-1, WEAK, STRONG_PROCESS, RESULT, DEBUG_READ_EVENT, 0, 0}, 7},
    {"NtMakeTemporaryObject", PROCESS, DELETE, STATUS_SUCCESS, {WEAK}, 1},
    {"NtMakeTemporaryObject", THREAD, DELETE, STATUS_SUCCESS, {WEAK}, 1},
    {"NtMakeTemporaryObject", SECTION, DELETE, STATUS_SUCCESS, {WEAK}, 1},
    {"NtMakeTemporaryObject", DEBUG_OBJECT, DELETE, STATUS_SUCCESS, {WEAK}, 1},
    {"NtFreeVirtualMemory", PROCESS, PROCESS_VM_OPERATION, STATUS_SUCCESS, {WEAK, PLACE, BYTES, MEM_DECOMMIT}, 4},
    {"NtTerminateThread", THREAD, THREAD_TERMINATE, STATUS_SUCCESS, {WEAK, 1}, 2},
    {"NtTerminateProcess", PROCESS, PROCESS_TERMINATE, STATUS_SUCCESS, {WEAK, 1}, 2},
};
/* clang-format on */

/* ---- the victim ---------------------------------------------------------------------------------
 */

static void make_victim(void)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    LARGE_INTEGER size = {.QuadPart = PAGE};
    PROCESS_INFORMATION info;
    char name[MAX_PATH];

    GetModuleFileNameA(NULL, name, sizeof(name));
    CHECK(CreateProcessA(name, NULL, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup,
                         &info));
    all[PROCESS] = info.hProcess;
    all[THREAD] = info.hThread;
    CHECK_INT(NtCreateSection(&all[SECTION], SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE,
                              SEC_COMMIT, NULL),
              STATUS_SUCCESS);
    CHECK_INT(NtCreateDebugObject(&all[DEBUG_OBJECT], DEBUG_ALL_ACCESS, NULL, 0), STATUS_SUCCESS);
    far_away = VirtualAllocEx(all[PROCESS], NULL, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    own_event = CreateEventA(NULL, FALSE, FALSE, NULL);
    CHECK(far_away != NULL);
    /* it outlives its first thread, which is terminated before it */
    CloseHandle(CreateRemoteThread(all[PROCESS], NULL, 0, (LPTHREAD_START_ROUTINE)far_away, NULL,
                                   CREATE_SUSPENDED, NULL));
}

static HANDLE with_rights(enum target target, ACCESS_MASK rights)
{
    HANDLE handle = NULL;

    DuplicateHandle(THIS_PROCESS, all[target], THIS_PROCESS, &handle, rights, FALSE, 0);
    return handle;
}

static ULONG argument(ULONG word)
{
    const ULONG words[] = {(ULONG)(ULONG_PTR)weak,
                           (ULONG)(ULONG_PTR)&place,
                           (ULONG)(ULONG_PTR)&bytes,
                           (ULONG)(ULONG_PTR)room,
                           (ULONG)(ULONG_PTR)&result,
                           FAR_AWAY,
                           (ULONG)(ULONG_PTR)all[PROCESS],
                           (ULONG)(ULONG_PTR)all[SECTION],
                           (ULONG)(ULONG_PTR)all[DEBUG_OBJECT],
                           (ULONG)(ULONG_PTR)own_event,
                           (ULONG)(ULONG_PTR)&mapped,
                           (ULONG)(ULONG_PTR)nothing,
                           mapped,
                           (ULONG)(ULONG_PTR)&weak};

    return word >= WEAK && word - WEAK < COUNT(words) ? words[word - WEAK] : word;
}

static NTSTATUS call_with(const struct row *row, ACCESS_MASK rights)
{
    ULONG arguments[MOST_ARGUMENTS];

    weak = with_rights(row->target, rights);
    place = FAR_AWAY;
    bytes = PAGE;
    memset(nothing, 0, sizeof(nothing));
    memset(room, 0, sizeof(room));
    for (unsigned i = 0; i < row->count; i++)
        arguments[i] = argument(row->arguments[i]);
    NTSTATUS status = call(tokos_service(row->service), row->count, arguments);
    CloseHandle(weak);
    return status;
}

static ACCESS_MASK everything(enum target target)
{
    static const ACCESS_MASK rights[] = {[PROCESS] = STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFF,
                                         [THREAD] = STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3FF,
                                         [SECTION] = SECTION_ALL_ACCESS,
                                         [DEBUG_OBJECT] = DEBUG_ALL_ACCESS};

    return rights[target];
}

static void rights(void)
{
    char name[96];

    for (unsigned i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        sprintf(name, "%s without right %lX", row->service, row->right);
        ACCESS_MASK without = everything(row->target) & ~row->right;
        check_int_(name, (ULONG)call_with(row, without), (ULONG)STATUS_ACCESS_DENIED);
        sprintf(name, "%s with right %lX only", row->service, row->right);
        check_int_(name, (ULONG)call_with(row, row->right), (ULONG)row->with);
    }
    WaitForSingleObject(all[PROCESS], INFINITE);
    for (int i = 0; i < TARGETS; i++)
        CloseHandle(all[i]);
    CloseHandle(own_event);
}

/* ---- the system's -------------------------------------------------------------------------------
 */

/* OpenProcess's documentation: the system process cannot be opened by programs. TokOS lets them ask
 * about it and wait for it, no more. */
static void the_system_process(void)
{
    const ACCESS_MASK good =
        PROCESS_QUERY_INFORMATION | SYNCHRONIZE | READ_CONTROL | GENERIC_EXECUTE;
    HANDLE system;

    for (unsigned bit = 0; bit < 32; bit++) {
        ACCESS_MASK right = 1u << bit;
        system = OpenProcess(right, FALSE, SYSTEM_PROCESS);
        int opened = system != NULL, may = (good & right) || right == MAXIMUM_ALLOWED;
        if (opened != may)
            wrong++, printf("# right %08lX\n", right);
        if (opened)
            CloseHandle(system);
        else if (GetLastError() != ERROR_ACCESS_DENIED)
            wrong++, printf("# right %08lX: %lu\n", right, GetLastError());
    }
    check_all("the system process can be asked, and no more");
    system = OpenProcess(MAXIMUM_ALLOWED, FALSE, SYSTEM_PROCESS);
    CHECK_INT(TerminateProcess(system, 1), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    HANDLE stolen;
    for (ULONG handle = 4; handle < 0x80; handle += 4)
        if (DuplicateHandle(system, (HANDLE)(ULONG_PTR)handle, THIS_PROCESS, &stolen, 0, FALSE,
                            DUPLICATE_SAME_ACCESS))
            wrong++;
    check_all("nor are its handles anybody's");
    CloseHandle(system);
}

static void threads_of_the_system(void)
{
    const ACCESS_MASK good =
        THREAD_QUERY_INFORMATION | SYNCHRONIZE | READ_CONTROL | GENERIC_EXECUTE;
    ULONG info[7]; /* THREAD_BASIC_INFORMATION: the third is the process */
    unsigned found = 0;

    for (DWORD id = 4; id < 0x100; id += 4) {
        HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, id);
        if (!thread)
            continue;
        memset(info, 0, sizeof(info));
        NtQueryInformationThread(thread, 0, info, sizeof(info), NULL);
        CloseHandle(thread);
        if (info[2] != SYSTEM_PROCESS)
            continue;
        found++;
        for (unsigned bit = 0; bit < 25; bit++) {
            thread = OpenThread(1u << bit, FALSE, id);
            wrong += (thread != NULL) != ((good >> bit & 1) != 0);
            if (thread)
                CloseHandle(thread);
        }
    }
    CHECK(found > 0);
    check_all("its threads neither");
}

/* Handles of the kernel have a bit that those of programs have not. */
static void kernel_handles(void)
{
    typedef NTSTATUS(NTAPI * service_of_1)(ULONG);
    service_of_1 close = (service_of_1)(void *)tokos_service("NtClose");
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE handle;

    RtlInitUnicodeString(&name, L"x");
    for (ULONG i = 0; i < 0x200; i += 4) {
        wrong += close(KERNEL_HANDLE | i) != STATUS_INVALID_HANDLE;
        wrong += NtQueryObject((HANDLE)(ULONG_PTR)(KERNEL_HANDLE | i), 0, room, 56, NULL) !=
                 STATUS_INVALID_HANDLE;
        wrong += DuplicateHandle(THIS_PROCESS, (HANDLE)(ULONG_PTR)(KERNEL_HANDLE | i), THIS_PROCESS,
                                 &handle, 0, FALSE, DUPLICATE_SAME_ACCESS);
        InitializeObjectAttributes(&attributes, &name, 0, (HANDLE)(ULONG_PTR)(KERNEL_HANDLE | i),
                                   NULL);
        wrong += NtOpenSection(&handle, 1, &attributes) != STATUS_INVALID_HANDLE;
    }
    check_all("handles of the kernel are no handles");
    InitializeObjectAttributes(&attributes, NULL, 0x200 /* OBJ_KERNEL_HANDLE */, NULL, NULL);
    LARGE_INTEGER size = {.QuadPart = PAGE};
    CHECK_INT(NtCreateSection(&handle, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE,
                              SEC_COMMIT, NULL),
              STATUS_SUCCESS);
    CHECK_INT((ULONG_PTR)handle & KERNEL_HANDLE, 0);
    CloseHandle(handle);
}

int main(void)
{
    make_victim();
    rights();
    the_system_process();
    threads_of_the_system();
    kernel_handles();
    return check_done();
}
