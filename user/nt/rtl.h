/*
 * The run-time library of ntdll that kernel32 uses and winternl.h does not declare. The meaning of
 * each is the documented one of its NT namesake; comments say what is ours.
 */
#pragma once

#include "user/nt/nt.h"
#include "user/nt/peb.h"

/* ---- memory and strings --------------------------------------------------------------------- */

void *NTAPI RtlReAllocateHeap(void *heap, ULONG flags, void *block, SIZE_T bytes);
SIZE_T NTAPI RtlSizeHeap(void *heap, ULONG flags, const void *block);
BOOLEAN NTAPI RtlValidateHeap(void *heap, ULONG flags, const void *block);
BOOLEAN NTAPI RtlLockHeap(void *heap);
BOOLEAN NTAPI RtlUnlockHeap(void *heap);
SIZE_T NTAPI RtlCompactHeap(void *heap, ULONG flags);
ULONG NTAPI RtlGetProcessHeaps(ULONG count, void **heaps);
NTSTATUS NTAPI RtlWalkHeap(void *heap, void *entry);

NTSTATUS NTAPI RtlUnicodeToMultiByteN(char *to, ULONG size, ULONG *bytes, const WCHAR *from,
                                      ULONG from_bytes);
NTSTATUS NTAPI RtlMultiByteToUnicodeN(WCHAR *to, ULONG size, ULONG *bytes, const char *from,
                                      ULONG from_bytes);
NTSTATUS NTAPI RtlUnicodeToUTF8N(char *to, ULONG size, ULONG *bytes, const WCHAR *from,
                                 ULONG from_bytes);
NTSTATUS NTAPI RtlUTF8ToUnicodeN(WCHAR *to, ULONG size, ULONG *bytes, const char *from,
                                 ULONG from_bytes);
NTSTATUS NTAPI RtlUnicodeToOemN(char *to, ULONG size, ULONG *bytes, const WCHAR *from,
                                ULONG from_bytes);
NTSTATUS NTAPI RtlOemToUnicodeN(WCHAR *to, ULONG size, ULONG *bytes, const char *from,
                                ULONG from_bytes);
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c);
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c);
LONG NTAPI RtlCompareUnicodeString(const UNICODE_STRING *a, const UNICODE_STRING *b,
                                   BOOLEAN ignore_case);
BOOLEAN NTAPI RtlEqualUnicodeString(const UNICODE_STRING *a, const UNICODE_STRING *b,
                                    BOOLEAN ignore_case);
BOOLEAN NTAPI RtlCreateUnicodeString(UNICODE_STRING *to, const WCHAR *from);
void NTAPI RtlCopyUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from);
NTSTATUS NTAPI RtlAppendUnicodeToString(UNICODE_STRING *to, const WCHAR *from);
NTSTATUS NTAPI RtlAppendUnicodeStringToString(UNICODE_STRING *to, const UNICODE_STRING *from);

/* ---- files' names --------------------------------------------------------------------------- */

/* => the bytes of the full path, without terminator; when SIZE bytes do not suffice, those that
 * would with it; 0: NAME has none. PART: where the file's name begins, NULL at a directory. */
ULONG NTAPI RtlGetFullPathName_U(const WCHAR *name, ULONG size, WCHAR *to, WCHAR **part);
ULONG NTAPI RtlGetCurrentDirectory_U(ULONG size, WCHAR *to);
NTSTATUS NTAPI RtlSetCurrentDirectory_U(const UNICODE_STRING *path);

/* ---- process -------------------------------------------------------------------------------- */

NTSTATUS NTAPI RtlCreateProcessParameters(
    struct process_parameters **parameters, const UNICODE_STRING *image_path,
    const UNICODE_STRING *dll_path, const UNICODE_STRING *directory,
    const UNICODE_STRING *command_line, const WCHAR *environment, const UNICODE_STRING *title,
    const UNICODE_STRING *desktop, const UNICODE_STRING *shell, const UNICODE_STRING *runtime);
NTSTATUS NTAPI RtlDestroyProcessParameters(struct process_parameters *parameters);
NTSTATUS NTAPI RtlQueryEnvironmentVariable_U(const WCHAR *environment, const UNICODE_STRING *name,
                                             UNICODE_STRING *value);
NTSTATUS NTAPI RtlSetEnvironmentVariable(WCHAR **environment, const UNICODE_STRING *name,
                                         const UNICODE_STRING *value);
NTSTATUS NTAPI RtlExpandEnvironmentStrings_U(const WCHAR *environment, const UNICODE_STRING *source,
                                             UNICODE_STRING *to, ULONG *needed);
void NTAPI RtlAcquirePebLock(void);
void NTAPI RtlReleasePebLock(void);
DECLSPEC_NORETURN void NTAPI RtlExitUserProcess(NTSTATUS status);
DECLSPEC_NORETURN void NTAPI RtlExitUserThread(NTSTATUS status);
/* Where a thread of this process begins: eax is the routine, ebx its parameter. */
void NTAPI RtlUserThreadStart(void);
/* A thread of PROCESS that calls START(PARAMETER). Sizes in bytes, 0: the program's. NT's
 * documented way to make one; ids and THREAD may be NULL. */
NTSTATUS NTAPI RtlCreateUserThread(HANDLE process, void *security, BOOLEAN suspended,
                                   ULONG zero_bits, SIZE_T stack_reserve, SIZE_T stack_commit,
                                   void *start, void *parameter, HANDLE *thread,
                                   struct client_id *id);

/* ---- exceptions, images, errors --------------------------------------------------------------
 */

/* The filter that has the last word over an exception that no handler took. */
void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER filter);
void *NTAPI RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
ULONG NTAPI RtlRemoveVectoredExceptionHandler(void *handle);
void *NTAPI RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
ULONG NTAPI RtlRemoveVectoredContinueHandler(void *handle);
DECLSPEC_NORETURN void NTAPI RtlRaiseStatus(NTSTATUS status);
IMAGE_NT_HEADERS *NTAPI RtlImageNtHeader(void *base);
void *NTAPI RtlImageDirectoryEntryToData(void *base, BOOLEAN mapped, USHORT directory,
                                         ULONG *bytes);
ULONG __cdecl DbgPrint(const char *format, ...);
ULONG NTAPI RtlGetLastWin32Error(void);
void NTAPI RtlSetLastWin32Error(ULONG error);
NTSTATUS NTAPI RtlGetVersion(RTL_OSVERSIONINFOW *info);

/* ---- critical sections ------------------------------------------------------------------------
 */

NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION *section, ULONG spins);
NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *section);
BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION *section);
ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION *section, ULONG spins);

/* ---- exceptions -------------------------------------------------------------------------------
 */

void NTAPI RtlRaiseException(EXCEPTION_RECORD *record);

/* ---- process parameters -----------------------------------------------------------------------
 */

/* Offsets become pointers, and back. */
void NTAPI RtlNormalizeProcessParams(struct process_parameters *parameters);
struct process_parameters *NTAPI RtlDeNormalizeProcessParams(struct process_parameters *parameters);

/* ---- locks of one word ------------------------------------------------------------------------
 */

void NTAPI RtlInitializeSRWLock(RTL_SRWLOCK *lock);
void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *lock);
void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *lock);
void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *lock);
void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *lock);
BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *lock);
BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK *lock);
void NTAPI RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE *variable);
void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *variable);
void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *variable);
NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *variable,
                                           RTL_CRITICAL_SECTION *section, LARGE_INTEGER *timeout);
NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *variable, RTL_SRWLOCK *lock,
                                            LARGE_INTEGER *timeout, ULONG flags);
void NTAPI RtlRunOnceInitialize(RTL_RUN_ONCE *once);
NTSTATUS NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *once, ULONG flags, void **context);
NTSTATUS NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *once, ULONG flags, void *context);
