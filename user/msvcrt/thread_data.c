/*
 * What the library keeps for each thread: errno and the buffers that functions return pointers to.
 * The first thread's is made when the library starts, so that a program of one thread can go on
 * when its memory is used up; another's when it first needs it. It is freed when its thread
 * detaches.
 */
#include "crt.h"

static DWORD tls_index = TLS_OUT_OF_INDEXES;

struct thread_data *crt_thread_data_make(void)
{
    struct thread_data *data = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*data));

    if (data)
        data->random = 1;
    return data;
}

bool crt_thread_data_adopt(struct thread_data *data)
{
    return data && TlsSetValue(tls_index, data);
}

/* => the new one of the current thread, or NULL: there is no memory. */
static struct thread_data *make_own(void)
{
    struct thread_data *data = crt_thread_data_make();

    if (crt_thread_data_adopt(data))
        return data;
    HeapFree(GetProcessHeap(), 0, data);
    return NULL;
}

bool crt_thread_data_start(void)
{
    tls_index = TlsAlloc();
    return tls_index != TLS_OUT_OF_INDEXES && make_own();
}

struct thread_data *crt_thread_data(void)
{
    /* TlsGetValue clears the last error, which the caller may be about to report. */
    DWORD last_error = GetLastError();
    struct thread_data *data = TlsGetValue(tls_index);

    if (!data)
        data = make_own();
    if (!data)
        _amsg_exit(_RT_THREAD);
    SetLastError(last_error);
    return data;
}

void crt_thread_data_free(void)
{
    struct thread_data *data = TlsGetValue(tls_index);

    if (data) {
        TlsSetValue(tls_index, NULL);
        HeapFree(GetProcessHeap(), 0, data);
    }
}
