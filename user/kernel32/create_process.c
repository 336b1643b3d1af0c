/*
 * New processes: from a command line to a file, an image section, a process with its parameters in
 * place, and its first thread.
 */
#include "user/kernel32/base.h"
#include "user/kernel32/create_process.h"
#include "user/kernel32/program_name.h"
#include "user/nt/debug.h"

/* NAME, of LENGTH units, as a file: to PATH (MAX_PATH units). => found. */
static bool find_program(const WCHAR *name, size_t length, WCHAR *path)
{
    WCHAR copy[MAX_PATH];

    if (length >= MAX_PATH)
        return base_fail(ERROR_FILENAME_EXCED_RANGE);
    memcpy(copy, name, length * sizeof(*copy));
    copy[length] = 0;
    DWORD found = SearchPathW(NULL, copy, program_has_extension(copy, length) ? NULL : L".exe",
                              MAX_PATH, path, NULL);
    if (found >= MAX_PATH)
        return base_fail(ERROR_FILENAME_EXCED_RANGE);
    return found != 0;
}

/* The program of CreateProcess's first two arguments. */
static bool name_program(const WCHAR *application, const WCHAR *line, WCHAR *path)
{
    const WCHAR *name;
    size_t length;

    if (application) { /* as it stands: nothing is searched for */
        DWORD units = GetFullPathNameW(application, MAX_PATH, path, NULL);

        return units && units < MAX_PATH;
    }
    for (unsigned attempt = 0; (length = program_name(line, attempt, &name)); attempt++) {
        if (find_program(name, length, path))
            return true;
        if (RtlGetLastWin32Error() != ERROR_FILE_NOT_FOUND &&
            RtlGetLastWin32Error() != ERROR_FILENAME_EXCED_RANGE)
            return false; /* nobody can tell */
    }
    return base_fail(ERROR_FILE_NOT_FOUND);
}

static bool open_image(const WCHAR *path, HANDLE *section)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file;

    if (!base_nt_name(path, &name, &attributes))
        return false;
    NTSTATUS status = NtOpenFile(&file, SYNCHRONIZE | FILE_EXECUTE | FILE_READ_DATA, &attributes,
                                 &io, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                 FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    RtlFreeUnicodeString(&name);
    if (!base_ok(status))
        return false;
    status =
        NtCreateSection(section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_EXECUTE, SEC_IMAGE, file);
    NtClose(file);
    return base_ok(status);
}

static bool make_process(const struct creation *creation, HANDLE section, HANDLE *process)
{
    const SECURITY_ATTRIBUTES *security = creation->process_security;
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, NULL,
                               security && security->bInheritHandle ? OBJ_INHERIT : 0, NULL, NULL);
    return base_ok(NtCreateProcessEx(process, PROCESS_ALL_ACCESS, &attributes, CURRENT_PROCESS,
                                     creation->process_flags, section, creation->debug_object, NULL,
                                     FALSE));
}

/* The first thread, suspended. */
static bool make_thread(HANDLE process, const struct creation *creation,
                        const struct section_image_information *image, void *peb, HANDLE *thread,
                        struct client_id *id)
{
    const SECURITY_ATTRIBUTES *security = creation->thread_security;

    if (!base_ok(RtlCreateUserThread(process, NULL, TRUE, 0, image->maximum_stack_size,
                                     image->committed_stack_size, image->transfer_address, peb,
                                     thread, id)))
        return false;
    if (security && security->bInheritHandle)
        SetHandleInformation(*thread, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    return true;
}

static void set_priority(HANDLE process, DWORD flags)
{
    const DWORD classes = IDLE_PRIORITY_CLASS | BELOW_NORMAL_PRIORITY_CLASS |
                          NORMAL_PRIORITY_CLASS | ABOVE_NORMAL_PRIORITY_CLASS |
                          HIGH_PRIORITY_CLASS | REALTIME_PRIORITY_CLASS;

    if (flags & classes)
        SetPriorityClass(process, flags & classes);
}

/* What a process of SECTION needs to run. INFO->hProcess is it; the rest of INFO is filled in. */
static bool complete(const struct creation *creation, HANDLE section, PROCESS_INFORMATION *info)
{
    struct section_image_information image;
    struct nt_process_basic_information basic;
    struct client_id id;

    if (!base_ok(NtQuerySection(section, SECTION_IMAGE_INFORMATION, &image, sizeof(image), NULL)) ||
        !base_ok(NtQueryInformationProcess(info->hProcess, ProcessBasicInformation, &basic,
                                           sizeof(basic), NULL)))
        return false;
    if (image.image_characteristics & IMAGE_FILE_DLL)
        return base_fail(ERROR_BAD_EXE_FORMAT);
    if (!base_push_parameters(info->hProcess, basic.peb, creation) ||
        !make_thread(info->hProcess, creation, &image, basic.peb, &info->hThread, &id))
        return false;
    info->dwProcessId = (DWORD)(uintptr_t)id.process;
    info->dwThreadId = (DWORD)(uintptr_t)id.thread;
    return true;
}

static bool create(const struct creation *creation, PROCESS_INFORMATION *info)
{
    HANDLE section;

    if (!open_image(creation->program, &section))
        return false;
    bool made = make_process(creation, section, &info->hProcess);
    if (made && !complete(creation, section, info)) {
        DWORD error = RtlGetLastWin32Error();

        NtTerminateProcess(info->hProcess, (NTSTATUS)error);
        NtClose(info->hProcess);
        made = base_fail(error);
    }
    NtClose(section);
    return made;
}

/* The caller debugs the new process, if FLAGS say so, and with DEBUG_PROCESS alone all that come of
 * it. */
static bool become_debugger(struct creation *creation, DWORD flags)
{
    if (!(flags & (DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS)))
        return true;
    if (!base_ok(DbgUiConnectToDbg()))
        return false;
    creation->debug_object = DbgUiGetThreadDebugObject();
    if (flags & DEBUG_ONLY_THIS_PROCESS)
        creation->process_flags |= PROCESS_CREATE_FLAGS_NO_DEBUG_INHERIT;
    return true;
}

BOOL WINAPI CreateProcessW(const WCHAR *application, WCHAR *line,
                           SECURITY_ATTRIBUTES *process_security,
                           SECURITY_ATTRIBUTES *thread_security, BOOL inherit, DWORD flags,
                           void *environment, const WCHAR *directory, STARTUPINFOW *startup,
                           PROCESS_INFORMATION *info)
{
    WCHAR program[MAX_PATH];
    struct creation creation = {
        .program = program,
        .line = line,
        .directory = directory,
        .startup = startup,
        .process_security = process_security,
        .thread_security = thread_security,
        .process_flags = inherit ? PROCESS_CREATE_FLAGS_INHERIT_HANDLES : 0,
    };

    *info = (PROCESS_INFORMATION){0};
    if (!application && !line)
        return base_fail(ERROR_INVALID_PARAMETER);
    if (!name_program(application, line, program))
        return FALSE;
    if (!become_debugger(&creation, flags))
        return FALSE;
    if (!line) /* a program without arguments: its name is all there is */
        creation.line = application;
    WCHAR *converted = NULL;
    if (environment && !(flags & CREATE_UNICODE_ENVIRONMENT)) {
        converted = base_wide_environment(environment);
        if (!converted)
            return FALSE;
    }
    creation.environment = converted ? converted : environment;
    bool made = create(&creation, info);
    if (converted)
        base_free(converted);
    if (!made)
        return FALSE;
    set_priority(info->hProcess, flags);
    if (!(flags & CREATE_SUSPENDED))
        NtResumeThread(info->hThread, NULL);
    return TRUE;
}

/* The texts of STARTUP in UTF-16. */
static bool widen_startup(const STARTUPINFOA *startup, STARTUPINFOW *wide, struct wide texts[3])
{
    memcpy(wide, startup, sizeof(*wide));
    if (!wide_make(&texts[0], startup->lpDesktop) || !wide_make(&texts[1], startup->lpTitle) ||
        !wide_make(&texts[2], startup->lpReserved))
        return false;
    wide->lpDesktop = texts[0].text;
    wide->lpTitle = texts[1].text;
    wide->lpReserved = texts[2].text;
    return true;
}

BOOL WINAPI CreateProcessA(const char *application, char *line,
                           SECURITY_ATTRIBUTES *process_security,
                           SECURITY_ATTRIBUTES *thread_security, BOOL inherit, DWORD flags,
                           void *environment, const char *directory, STARTUPINFOA *startup,
                           PROCESS_INFORMATION *info)
{
    struct wide wide[6] = {0};
    STARTUPINFOW wide_startup;
    BOOL made = wide_make(&wide[0], application) && wide_make(&wide[1], line) &&
                wide_make(&wide[2], directory) && widen_startup(startup, &wide_startup, &wide[3]) &&
                CreateProcessW(wide[0].text, wide[1].text, process_security, thread_security,
                               inherit, flags, environment, wide[2].text, &wide_startup, info);

    for (size_t i = 0; i < COUNT_OF(wide); i++)
        wide_free(&wide[i]);
    return made;
}
