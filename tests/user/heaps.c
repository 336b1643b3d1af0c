/*
 * Heaps: HeapAlloc and its family, and the older functions on top of them.
 */
#include <windows.h>
#include "crt/check.h"
#include "frames.h"

static LONG take(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)record;
    (void)context;
    return EXCEPTION_EXECUTE_HANDLER;
}

static int is_filled(const unsigned char *p, unsigned char value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != value)
            return 0;
    return 1;
}

static void blocks(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    int misaligned = 0, wrong_size = 0, not_zero = 0;

    CHECK(heap != NULL);
    for (size_t bytes = 0; bytes < 2000; bytes += 13) {
        unsigned char *p = HeapAlloc(heap, HEAP_ZERO_MEMORY, bytes);

        misaligned += (ULONG_PTR)p % 8 != 0;
        wrong_size += HeapSize(heap, 0, p) != bytes;
        not_zero += !is_filled(p, 0, bytes);
        memset(p, 0xCC, bytes);
        if (bytes % 2)
            HeapFree(heap, 0, p);
    }
    CHECK_INT(misaligned, 0);
    CHECK_INT(wrong_size, 0);
    CHECK_INT(not_zero, 0);
    CHECK_INT(HeapValidate(heap, 0, NULL), TRUE);
    CHECK_INT(HeapDestroy(heap), TRUE);
}

static void large(void)
{
    HANDLE heap = GetProcessHeap();
    unsigned char *p = HeapAlloc(heap, 0, 3000000);
    MEMORY_BASIC_INFORMATION info;

    CHECK(p != NULL);
    CHECK_INT(HeapSize(heap, 0, p), 3000000);
    p[2999999] = 1;
    CHECK_INT(VirtualQuery(p, &info, sizeof(info)), sizeof(info));
    CHECK_INT(info.State, MEM_COMMIT);
    CHECK_INT(info.Type, MEM_PRIVATE);
    CHECK_INT(HeapFree(heap, 0, p), TRUE);
    VirtualQuery(p, &info, sizeof(info));
    CHECK_INT(info.State, MEM_FREE);
}

static void resizing(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    unsigned char *p = HeapAlloc(heap, 0, 100);

    memset(p, 7, 100);
    p = HeapReAlloc(heap, HEAP_ZERO_MEMORY, p, 50000);
    CHECK(is_filled(p, 7, 100));
    CHECK(is_filled(p + 100, 0, 49900));
    memset(p, 8, 50000);
    p = HeapReAlloc(heap, HEAP_ZERO_MEMORY, p, 2000000);
    CHECK(is_filled(p, 8, 50000));
    CHECK(is_filled(p + 50000, 0, 1950000));
    p = HeapReAlloc(heap, 0, p, 10);
    CHECK(is_filled(p, 8, 10));
    CHECK_INT(HeapSize(heap, 0, p), 10);
    CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 5000000) == NULL);
    CHECK_INT(HeapSize(heap, 0, p), 10);
    CHECK_INT(HeapValidate(heap, 0, p), TRUE);
    HeapDestroy(heap);
}

static void limits(void)
{
    HANDLE heap = HeapCreate(HEAP_GENERATE_EXCEPTIONS, 0, 0x20000);
    struct frame frame;
    volatile int count = 0;

    CHECK(HeapAlloc(GetProcessHeap(), 0, 0x7FFFFF00) == NULL);
    if (TRY(&frame, take)) {
        for (;; count++)
            HeapAlloc(heap, 0, 4096);
    }
    LEAVE(&frame);
    CHECK_INT(frame.code, STATUS_NO_MEMORY);
    CHECK(count > 24 && count < 32);
    HeapDestroy(heap);
}

static void mistakes(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    unsigned char *p = HeapAlloc(heap, 0, 64);

    memset(p, 0, 64);
    CHECK_INT(HeapValidate(heap, 0, p + 8), FALSE);
    CHECK_INT(HeapValidate(heap, 0, (void *)0x10000), FALSE); /* nothing is before that */
    CHECK_INT(HeapFree(heap, 0, p), TRUE);
    SetLastError(0);
    CHECK_INT(HeapFree(heap, 0, p), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    HeapDestroy(heap);
}

static void lists(void)
{
    HANDLE heaps[100], own = HeapCreate(0, 0, 0);
    DWORD count = GetProcessHeaps(100, heaps), found = 0;

    for (DWORD i = 0; i < count; i++)
        found += heaps[i] == own || heaps[i] == GetProcessHeap();
    CHECK_INT(found, 2);
    HeapDestroy(own);
    CHECK_INT(GetProcessHeaps(100, heaps), count - 1);
}

static void global(void)
{
    HGLOBAL memory = GlobalAlloc(GMEM_FIXED | GMEM_ZEROINIT, 100);

    CHECK(is_filled(memory, 0, 100));
    CHECK_INT(GlobalSize(memory), 100);
    CHECK(GlobalLock(memory) == memory);
    CHECK(GlobalFree(memory) == NULL);
    memory = GlobalAlloc(GMEM_MOVEABLE, 200);
    char *p = GlobalLock(memory);
    CHECK(p != NULL && (HGLOBAL)p != memory);
    memset(p, 3, 200);
    CHECK_INT(GlobalFlags(memory) & GMEM_LOCKCOUNT, 1);
    CHECK_INT(GlobalUnlock(memory), FALSE);
    CHECK_INT(GetLastError(), NO_ERROR);
    memory = GlobalReAlloc(memory, 100000, GMEM_MOVEABLE);
    p = GlobalLock(memory);
    CHECK(is_filled((unsigned char *)p, 3, 200));
    GlobalUnlock(memory);
    CHECK_INT(GlobalSize(memory), 100000);
    CHECK(GlobalFree(memory) == NULL);
}

static DWORD WINAPI worker(void *heap)
{
    void *live[64] = {0};
    unsigned seed = GetCurrentThreadId();

    for (int i = 0; i < 5000; i++) {
        unsigned slot = (seed = seed * 1103515245 + 12345) >> 16 & 63;

        if (live[slot])
            HeapFree(heap, 0, live[slot]);
        live[slot] = HeapAlloc(heap, 0, seed >> 22);
        if (!live[slot])
            return 1;
    }
    for (int i = 0; i < 64; i++)
        HeapFree(heap, 0, live[i]);
    return 0;
}

static void threads(void)
{
    HANDLE heap = HeapCreate(0, 0, 0), thread[4];
    DWORD code, failed = 0;

    for (int i = 0; i < 4; i++)
        thread[i] = CreateThread(NULL, 0, worker, heap, 0, NULL);
    WaitForMultipleObjects(4, thread, TRUE, INFINITE);
    for (int i = 0; i < 4; i++) {
        GetExitCodeThread(thread[i], &code);
        failed += code;
        CloseHandle(thread[i]);
    }
    CHECK_INT(failed, 0);
    CHECK_INT(HeapValidate(heap, 0, NULL), TRUE);
    HeapDestroy(heap);
}

int main(void)
{
    blocks();
    large();
    resizing();
    limits();
    mistakes();
    lists();
    global();
    threads();
    return check_done();
}
