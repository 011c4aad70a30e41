/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-error.h"

G_DEFINE_QUARK (luo - record - error - quark, luo_record_error)
