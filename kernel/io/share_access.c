/*
 * Sharing: whoever opens a file says what others may do with it meanwhile. A new opener is let in
 * if all others share what it wants, and it shares what they have. Those who only look at
 * attributes are not asked.
 */
#include "kernel/io/io.h"

struct wish {
    bool read, write, delete;
    bool any;
};

static struct wish wish_of(uint32_t access)
{
    struct wish wish = {
        .read = access & (FILE_READ_DATA | FILE_EXECUTE),
        .write = access & (FILE_WRITE_DATA | FILE_APPEND_DATA),
        .delete = access & ACCESS_DELETE,
    };

    wish.any = wish.read || wish.write || wish.delete;
    return wish;
}

static bool may(const struct share_access *all, const struct wish *wish, uint32_t share)
{
    if ((wish->read && all->shared_read < all->open_count) ||
        (wish->write && all->shared_write < all->open_count) ||
        (wish->delete &&all->shared_delete < all->open_count))
        return false;
    return !((all->readers && !(share & FILE_SHARE_READ)) ||
             (all->writers && !(share & FILE_SHARE_WRITE)) ||
             (all->deleters && !(share & FILE_SHARE_DELETE)));
}

/* One more, or with STEP -1 one less. */
static void count(struct share_access *all, const struct wish *wish, uint32_t share, int step)
{
    uint32_t by = (uint32_t)step;

    all->open_count += by;
    all->readers += wish->read ? by : 0;
    all->writers += wish->write ? by : 0;
    all->deleters += wish->delete ? by : 0;
    all->shared_read += share & FILE_SHARE_READ ? by : 0;
    all->shared_write += share & FILE_SHARE_WRITE ? by : 0;
    all->shared_delete += share & FILE_SHARE_DELETE ? by : 0;
}

ntstatus io_check_share_access(struct share_access *all, uint32_t access, uint32_t share,
                               bool update)
{
    struct wish wish = wish_of(access);

    if (!wish.any)
        return STATUS_SUCCESS;
    if (!may(all, &wish, share))
        return STATUS_SHARING_VIOLATION;
    if (update)
        count(all, &wish, share, 1);
    return STATUS_SUCCESS;
}

void io_remove_share_access(struct share_access *all, uint32_t access, uint32_t share)
{
    struct wish wish = wish_of(access);

    if (wish.any)
        count(all, &wish, share, -1);
}
