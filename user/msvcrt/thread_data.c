/*
 * What the library keeps for each thread: errno and the buffers that functions return pointers to.
 * It is made when a thread first needs it and freed when the thread detaches.
 */
#include "crt.h"

static DWORD tls_index = TLS_OUT_OF_INDEXES;

bool crt_thread_data_start(void)
{
    tls_index = TlsAlloc();
    return tls_index != TLS_OUT_OF_INDEXES;
}

void crt_thread_data_init(struct thread_data *data)
{
    data->random = 1;
}

void crt_thread_data_adopt(struct thread_data *data)
{
    TlsSetValue(tls_index, data);
}

struct thread_data *crt_thread_data(void)
{
    /* TlsGetValue clears the last error, which the caller may be about to report. */
    DWORD last_error = GetLastError();
    struct thread_data *data = TlsGetValue(tls_index);

    if (!data) {
        data = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*data));
        if (!data || !TlsSetValue(tls_index, data))
            _amsg_exit(_RT_THREAD);
        crt_thread_data_init(data);
    }
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
