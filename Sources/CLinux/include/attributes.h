// Extended attributes: Swift's Glibc module leaves their header out.
#pragma once

#include <sys/xattr.h>
