#include <archive.h>
#include <archive_entry.h>
#include <iconv.h>
#include <sys/xattr.h>

#include "confinement.h"
