/*
 * Reading and writing.
 */
#include "user/kernel32/base.h"

/* What an OVERLAPPED adds to a request. Its first two members are an IO_STATUS_BLOCK. */
struct request {
    IO_STATUS_BLOCK own, *io;
    LARGE_INTEGER offset, *offset_at;
    HANDLE event;
    void *context; /* for a completion port: none if the event's lowest bit is set */
};

static void prepare(struct request *request, OVERLAPPED *overlapped)
{
    *request = (struct request){.io = &request->own};
    if (!overlapped)
        return;
    request->io = (IO_STATUS_BLOCK *)overlapped;
    request->io->Status = STATUS_PENDING;
    request->offset =
        (LARGE_INTEGER){.LowPart = overlapped->Offset, .HighPart = (LONG)overlapped->OffsetHigh};
    request->offset_at = &request->offset;
    request->event = overlapped->hEvent;
    request->context = (uintptr_t)overlapped->hEvent & 1 ? NULL : overlapped;
}

/* STATUS is what the service returned. A file that was opened for synchronous use may still be
 * pending only because another thread uses it: then this one waits. */
static bool finish(struct request *request, NTSTATUS status, HANDLE file, bool overlapped,
                   DWORD *done)
{
    if (status == STATUS_PENDING && !overlapped) {
        status = NtWaitForSingleObject(file, FALSE, NULL);
        if (status == STATUS_SUCCESS)
            status = request->io->Status;
    }
    if (status == STATUS_PENDING)
        return base_fail(ERROR_IO_PENDING);
    if (done && !nt_failed(status))
        *done = (DWORD)request->io->Information;
    if (status == STATUS_END_OF_FILE && !overlapped) { /* nothing more was read: no failure */
        if (done)
            *done = 0;
        return true;
    }
    return base_ok(status);
}

BOOL WINAPI ReadFile(HANDLE file, void *buffer, DWORD bytes, DWORD *done, OVERLAPPED *overlapped)
{
    struct request request;

    if (done)
        *done = 0;
    prepare(&request, overlapped);
    NTSTATUS status = NtReadFile(file, request.event, NULL, request.context, request.io, buffer,
                                 bytes, request.offset_at, NULL);
    return finish(&request, status, file, overlapped != NULL, done);
}

BOOL WINAPI WriteFile(HANDLE file, const void *buffer, DWORD bytes, DWORD *done,
                      OVERLAPPED *overlapped)
{
    struct request request;

    if (done)
        *done = 0;
    prepare(&request, overlapped);
    NTSTATUS status = NtWriteFile(file, request.event, NULL, request.context, request.io, buffer,
                                  bytes, request.offset_at, NULL);
    return finish(&request, status, file, overlapped != NULL, done);
}

BOOL WINAPI GetOverlappedResult(HANDLE file, OVERLAPPED *overlapped, DWORD *done, BOOL wait)
{
    if (overlapped->Internal == (ULONG_PTR)STATUS_PENDING) {
        if (!wait)
            return base_fail(ERROR_IO_INCOMPLETE);
        if (WaitForSingleObject(overlapped->hEvent ? overlapped->hEvent : file, INFINITE) ==
            WAIT_FAILED)
            return FALSE;
    }
    *done = (DWORD)overlapped->InternalHigh;
    return base_ok((NTSTATUS)overlapped->Internal);
}

BOOL WINAPI FlushFileBuffers(HANDLE file)
{
    IO_STATUS_BLOCK io;

    return base_ok(NtFlushBuffersFile(file, &io));
}

/* ---- positions and sizes --------------------------------------------------------------------- */

static bool query_size(HANDLE file, LARGE_INTEGER *size)
{
    FILE_STANDARD_INFORMATION info;
    IO_STATUS_BLOCK io;

    if (!base_ok(NtQueryInformationFile(file, &io, &info, sizeof(info), FileStandardInformation)))
        return false;
    *size = info.EndOfFile;
    return true;
}

static bool query_position(HANDLE file, LARGE_INTEGER *position)
{
    FILE_POSITION_INFORMATION info;
    IO_STATUS_BLOCK io;

    if (!base_ok(NtQueryInformationFile(file, &io, &info, sizeof(info), FilePositionInformation)))
        return false;
    *position = info.CurrentByteOffset;
    return true;
}

BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, LARGE_INTEGER *result,
                             DWORD method)
{
    FILE_POSITION_INFORMATION info = {.CurrentByteOffset.QuadPart = 0};
    IO_STATUS_BLOCK io;

    if (method == FILE_CURRENT && !query_position(file, &info.CurrentByteOffset))
        return FALSE;
    if (method == FILE_END && !query_size(file, &info.CurrentByteOffset))
        return FALSE;
    if (method > FILE_END)
        return base_fail(ERROR_INVALID_PARAMETER);
    info.CurrentByteOffset.QuadPart += distance.QuadPart;
    if (info.CurrentByteOffset.QuadPart < 0)
        return base_fail(ERROR_NEGATIVE_SEEK);
    if (!base_ok(NtSetInformationFile(file, &io, &info, sizeof(info), FilePositionInformation)))
        return FALSE;
    if (result)
        *result = info.CurrentByteOffset;
    return TRUE;
}

/* The last error is set in any case, as its result may look like a failure. */
DWORD WINAPI SetFilePointer(HANDLE file, LONG low, LONG *high, DWORD method)
{
    LARGE_INTEGER distance = {.QuadPart = low}, result;

    if (high) {
        distance.LowPart = (DWORD)low;
        distance.HighPart = *high;
    }
    if (!SetFilePointerEx(file, distance, &result, method))
        return INVALID_SET_FILE_POINTER;
    if (!high && result.HighPart) { /* the caller could not be told where it is */
        base_fail(ERROR_INVALID_PARAMETER);
        return INVALID_SET_FILE_POINTER;
    }
    if (high)
        *high = result.HighPart;
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return result.LowPart;
}

BOOL WINAPI GetFileSizeEx(HANDLE file, LARGE_INTEGER *size)
{
    return query_size(file, size);
}

DWORD WINAPI GetFileSize(HANDLE file, DWORD *high)
{
    LARGE_INTEGER size;

    if (!query_size(file, &size))
        return INVALID_FILE_SIZE;
    if (high)
        *high = (DWORD)size.HighPart;
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return size.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE file)
{
    FILE_END_OF_FILE_INFORMATION info;
    IO_STATUS_BLOCK io;

    return query_position(file, &info.EndOfFile) &&
           base_ok(NtSetInformationFile(file, &io, &info, sizeof(info), FileEndOfFileInformation));
}
