/*
 * How a process and a thread begin in user mode, and end. The kernel starts each thread in
 * LdrInitializeThunk, with the context that it is to go on with.
 */
#include "user/ntdll/exception.h"
#include "user/nt/debug.h"
#include "user/ntdll/ldr_internal.h"
#include "user/ntdll/park.h"

static PTOP_LEVEL_EXCEPTION_FILTER unhandled_filter;

void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER filter)
{
    unhandled_filter = filter;
}

static struct ldr_module *insert_first(void *base, const UNICODE_STRING *name)
{
    struct ldr_module *module = ldrp_insert_module(base, name);

    if (module)
        module->entry.load_count = LDR_LOAD_COUNT_PINNED;
    return module;
}

/* What comes before the heap is there. */
static NTSTATUS initialize_library(struct peb *peb)
{
    const IMAGE_NT_HEADERS *nt = RtlImageNtHeader(peb->image_base_address);

    rtlp_initialize_heaps();
    rtlp_initialize_peb_lock();
    rtlp_initialize_parking();
    RtlInitializeCriticalSection(&ldrp_lock);
    peb->loader_lock = &ldrp_lock;
    list_initialize(&ldrp_data.in_load_order);
    list_initialize(&ldrp_data.in_memory_order);
    list_initialize(&ldrp_data.in_initialization_order);
    peb->process_heap = RtlCreateHeap(HEAP_GROWABLE, NULL, nt->OptionalHeader.SizeOfHeapReserve,
                                      nt->OptionalHeader.SizeOfHeapCommit, NULL, NULL);
    return peb->process_heap ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static void pin_module(struct ldr_module *module)
{
    module->entry.load_count = LDR_LOAD_COUNT_PINNED;
    module->entry.flags |= LDRP_STATIC_LINK;
}

static NTSTATUS start_image(CONTEXT *context)
{
    NTSTATUS status = ldrp_bind(NULL, ldrp_image);

    if (nt_failed(status))
        return status;
    ldrp_visit(ldrp_image, pin_module);
    status = ldrp_add_tls(ldrp_image);
    if (nt_failed(status))
        return status;
    status = ldrp_allocate_thread_tls();
    if (nt_failed(status))
        return status;
    if (current_peb()->being_debugged) /* the first chance to look: all is mapped, nothing ran */
        DbgBreakPoint();
    status = ldrp_attach(ldrp_image, context);
    if (!nt_failed(status))
        ldrp_call_tls_callbacks(ldrp_image, DLL_PROCESS_ATTACH, context);
    return status;
}

static NTSTATUS initialize_process(CONTEXT *context, void *ntdll_base)
{
    struct peb *peb = current_peb();
    UNICODE_STRING ntdll_name;
    NTSTATUS status = initialize_library(peb);

    if (nt_failed(status))
        return status;
    RtlNormalizeProcessParams(peb->process_parameters);
    ldrp_initialize_tls();
    RtlInitUnicodeString(&ntdll_name, L"C:\\ntdll.dll");
    RtlEnterCriticalSection(&ldrp_lock);
    ldrp_image = insert_first(peb->image_base_address, &peb->process_parameters->image_path_name);
    ldrp_ntdll = insert_first(ntdll_base, &ntdll_name);
    if (!ldrp_image || !ldrp_ntdll)
        return STATUS_NO_MEMORY;
    peb->ldr = &ldrp_data;
    ldrp_ntdll->entry.flags |= LDRP_ENTRY_PROCESSED;
    status = ldrp_relocate(peb->image_base_address);
    if (!nt_failed(status))
        status = start_image(context);
    if (nt_failed(status))
        ldrp_complain_dll(&ldrp_image->entry.base_dll_name, status);
    else
        ldrp_data.initialized = TRUE;
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}

/* A thread that was made while the first one still loads waits here. */
static NTSTATUS initialize_thread(void)
{
    LARGE_INTEGER interval = {.QuadPart = -10 * 1000 * 10};

    while (!*(volatile BOOLEAN *)&ldrp_data.initialized)
        NtDelayExecution(FALSE, &interval);
    RtlEnterCriticalSection(&ldrp_lock);
    NTSTATUS status = ldrp_allocate_thread_tls();
    if (!nt_failed(status))
        ldrp_notify_thread(DLL_THREAD_ATTACH);
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}

/* Where the kernel has every thread begin. */
DECLSPEC_NORETURN void NTAPI LdrInitializeThunk(CONTEXT *context, void *ntdll_base)
{
    static LONG process_started;
    NTSTATUS status = InterlockedExchange(&process_started, 1)
                          ? initialize_thread()
                          : initialize_process(context, ntdll_base);

    if (nt_failed(status))
        NtTerminateProcess(CURRENT_PROCESS, status);
    NtContinue(context, TRUE);
    RtlRaiseStatus(STATUS_INTERNAL_ERROR);
}

/* The handler of a thread's outermost frame. */
static EXCEPTION_DISPOSITION __cdecl last_handler(EXCEPTION_RECORD *record,
                                                  EXCEPTION_REGISTRATION_RECORD *frame,
                                                  CONTEXT *context, void *dispatcher)
{
    EXCEPTION_POINTERS pointers = {record, context};
    LONG answer = EXCEPTION_CONTINUE_SEARCH;

    (void)frame;
    (void)dispatcher;
    if (record->ExceptionFlags & UNWIND_FLAGS)
        return ExceptionContinueSearch;
    if (unhandled_filter)
        answer = unhandled_filter(&pointers);
    if (answer == EXCEPTION_CONTINUE_EXECUTION)
        return ExceptionContinueExecution;
    if (answer == EXCEPTION_EXECUTE_HANDLER)
        NtTerminateProcess(CURRENT_PROCESS, (NTSTATUS)record->ExceptionCode);
    return ExceptionContinueSearch;
}

/* RtlUserThreadStart's part in C. */
DECLSPEC_NORETURN void NTAPI rtlp_user_thread_start(DWORD(WINAPI *start)(void *), void *parameter)
{
    volatile EXCEPTION_REGISTRATION_RECORD frame = {
        .Next = END_OF_CHAIN,
        .Handler = (PEXCEPTION_ROUTINE)(void *)last_handler,
    };

    current_teb()->exception_list = (EXCEPTION_REGISTRATION_RECORD *)&frame;
    RtlExitUserThread((NTSTATUS)start(parameter));
}

void NTAPI RtlExitUserThread(NTSTATUS status)
{
    ULONG last = 0;

    if (!nt_failed(NtQueryInformationThread(CURRENT_THREAD, ThreadAmILastThread, &last,
                                            sizeof(last), NULL)) &&
        last)
        RtlExitUserProcess(status);
    LdrShutdownThread();
    current_teb()->free_stack_on_termination = TRUE; /* this is the last that runs on it */
    NtTerminateThread(CURRENT_THREAD, status);
    __builtin_unreachable();
}

/* The other threads end first, but not while one of them holds a lock that this one still needs. */
void NTAPI RtlExitUserProcess(NTSTATUS status)
{
    RtlEnterCriticalSection(&ldrp_lock);
    RtlAcquirePebLock();
    RtlLockHeap(current_peb()->process_heap);
    NtTerminateProcess(NULL, status);
    RtlUnlockHeap(current_peb()->process_heap);
    RtlReleasePebLock();
    LdrShutdownProcess();
    NtTerminateProcess(CURRENT_PROCESS, status);
    __builtin_unreachable();
}
