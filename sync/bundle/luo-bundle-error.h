/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoBundleError:
 * @LUO_BUNDLE_ERROR_FORMAT: the file is no exchange file, or one of a newer program
 * @LUO_BUNDLE_ERROR_PASSPHRASE: the passphrase is too short to seal with, or is not the one that the file was sealed with
 * @LUO_BUNDLE_ERROR_DAMAGED: the file was changed or ends early
 * @LUO_BUNDLE_ERROR_RECIPIENT: the file was made for another replica
 * @LUO_BUNDLE_ERROR_GAP: the file continues one that was never taken in here
 * @LUO_BUNDLE_ERROR_SPACE: the file holds a space that is not kept here
 *
 * Messages are in the user's language and name the file's place or the space. Whatever the error, nothing was applied.
 */
typedef enum
{
  LUO_BUNDLE_ERROR_FORMAT,
  LUO_BUNDLE_ERROR_PASSPHRASE,
  LUO_BUNDLE_ERROR_DAMAGED,
  LUO_BUNDLE_ERROR_RECIPIENT,
  LUO_BUNDLE_ERROR_GAP,
  LUO_BUNDLE_ERROR_SPACE,
} LuoBundleError;

#define LUO_BUNDLE_ERROR (luo_bundle_error_quark ())
GQuark luo_bundle_error_quark (void);

G_END_DECLS
