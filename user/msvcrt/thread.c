/*
 * Threads: CreateThread with the data of the library made beforehand, where a failure can be told.
 */
#include <process.h>
#include "crt.h"

/* What a new thread gets: its data, which it owns from then on, and which kind of function it runs.
 */
static DWORD WINAPI run(void *argument)
{
    struct thread_data *data = argument;

    crt_thread_data_adopt(data);
    ((_beginthread_proc_type)data->start)(data->argument);
    _endthread();
}

static DWORD WINAPI run_ex(void *argument)
{
    struct thread_data *data = argument;

    crt_thread_data_adopt(data);
    _endthreadex(((_beginthreadex_proc_type)data->start)(data->argument));
}

/* => the handle of a new, suspended thread and its *DATA; or NULL with errno. */
static HANDLE create(LPTHREAD_START_ROUTINE body, SECURITY_ATTRIBUTES *security, unsigned stack,
                     void *start, void *argument, DWORD flags, unsigned *id,
                     struct thread_data **data_out)
{
    struct thread_data *data;
    DWORD thread_id;
    HANDLE handle;

    if (!start) {
        crt_error(EINVAL);
        return NULL;
    }
    data = crt_thread_data_make();
    if (!data) {
        crt_error(EAGAIN);
        return NULL;
    }
    data->start = start;
    data->argument = argument;
    handle = CreateThread(security, stack, body, data, flags | CREATE_SUSPENDED, &thread_id);
    if (!handle) {
        crt_last_error();
        HeapFree(GetProcessHeap(), 0, data);
        return NULL;
    }
    if (id)
        *id = thread_id;
    *data_out = data;
    return handle;
}

/* The thread closes the handle itself when it ends. => the handle, or -1. */
uintptr_t __cdecl _beginthread(_beginthread_proc_type start, unsigned stack, void *argument)
{
    struct thread_data *data;
    HANDLE handle = create(run, NULL, stack, (void *)start, argument, 0, NULL, &data);

    if (!handle)
        return (uintptr_t)-1;
    data->handle = handle;
    ResumeThread(handle);
    return (uintptr_t)handle;
}

/* => the handle, for the caller to close; or 0. FLAGS are those of CreateThread. */
uintptr_t __cdecl _beginthreadex(void *security, unsigned stack, _beginthreadex_proc_type start,
                                 void *argument, unsigned flags, unsigned *id)
{
    struct thread_data *data;
    HANDLE handle = create(run_ex, security, stack, (void *)start, argument, flags, id, &data);

    if (handle && !(flags & CREATE_SUSPENDED))
        ResumeThread(handle);
    return (uintptr_t)handle;
}

void __cdecl _endthreadex(unsigned code)
{
    crt_thread_data_free();
    ExitThread(code);
}

void __cdecl _endthread(void)
{
    HANDLE handle = crt_thread_data()->handle;

    if (handle)
        CloseHandle(handle);
    _endthreadex(0);
}
