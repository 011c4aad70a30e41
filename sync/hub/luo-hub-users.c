/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-users-private.h"

#include <sodium.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-hub-attempts-private.h"
#include "luo-hub-error.h"
#include "luo-hub-json-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

#define SECRET_META "hub-session-secret"
#define SECRET_BYTES 32
#define MAX_NAME 128
#define MAX_PASSWORD 1024
/* How long a user that was read is believed. */
#define USER_FRESH_USEC G_USEC_PER_SEC
/* Each argon2id takes 64 MiB: more at once would let sign-ins fill the memory. */
#define MAX_HASHES 2

typedef struct
{
  LuoHubUser *user; /* (owned) (nullable): NULL: there is none of that name */
  gint64 fresh_until;
} Known;

typedef struct
{
  guint8 digest[32]; /* keyed, of name and password */
  char *derived_key; /* (owned): what the password was right for */
  gint64 until;
} Credential;

struct _LuoHubUsers
{
  LuoStore *store; /* (unowned) */
  guint8 secret[SECRET_BYTES];
  guint8 credential_key[32]; /* of this process alone */
  GMutex mutex;
  GHashTable *known;       /* (owned): name → Known */
  guint generation;        /* how often they were forgotten: what was read before is not kept after */
  GHashTable *credentials; /* (owned): name → Credential */
  LuoHubAttempts *attempts;
  GCond hash_free;
  guint hashing;
  char *nobody; /* (owned): the hash that an unknown name is compared with */
};

static void
known_free (gpointer data)
{
  Known *known = data;

  luo_hub_user_free (known->user);
  g_free (known);
}

static void
credential_free (gpointer data)
{
  Credential *credential = data;

  sodium_memzero (credential->digest, sizeof credential->digest);
  g_free (credential->derived_key);
  g_free (credential);
}

static char *
hash_password (const char *password)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str_alg (hash, password, strlen (password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13)
      != 0)
    return NULL;
  return g_strdup (hash);
}

/* The secret that signs sessions lives with the store, so that a restart does not sign everybody out. */
static gboolean
load_secret (LuoHubUsers *self, GError **error)
{
  g_autofree char *text = luo_store_get_meta (self->store, SECRET_META, NULL);
  char hex[SECRET_BYTES * 2 + 1];
  gsize length;

  if (text != NULL
      && sodium_hex2bin (self->secret, SECRET_BYTES, text, strlen (text), NULL, &length, NULL) == 0
      && length == SECRET_BYTES)
    return TRUE;
  randombytes_buf (self->secret, SECRET_BYTES);
  sodium_bin2hex (hex, sizeof hex, self->secret, SECRET_BYTES);
  return luo_store_set_meta (self->store, SECRET_META, hex, error);
}

LuoHubUsers *
luo_hub_users_new (LuoStore *store, GError **error)
{
  LuoHubUsers *self = g_new0 (LuoHubUsers, 1);
  g_autoptr (GError) exists = NULL;

  self->store = store;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->hash_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_free);
  self->credentials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, credential_free);
  self->attempts = luo_hub_attempts_new ();
  randombytes_buf (self->credential_key, sizeof self->credential_key);

  if (!luo_store_create_space (store, LUO_HUB_USERS_SPACE, &exists)
      && !g_error_matches (exists, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&exists));
      luo_hub_users_free (self);
      return NULL;
    }
  if (!load_secret (self, error))
    {
      luo_hub_users_free (self);
      return NULL;
    }
  return self;
}

void
luo_hub_users_free (LuoHubUsers *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->credentials);
  luo_hub_attempts_free (self->attempts);
  g_free (self->nobody);
  sodium_memzero (self->secret, SECRET_BYTES);
  g_cond_clear (&self->hash_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
luo_hub_users_forget (LuoHubUsers *self)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_remove_all (self->known);
  self->generation++;
  g_mutex_unlock (&self->mutex);
}

static gboolean
check_name (const char *name, GError **error)
{
  gboolean good
      = *name != '\0' && *name != '_' && strlen (name) <= MAX_NAME && g_utf8_validate (name, -1, NULL);

  /* Basic authentication ends a name at its colon. */
  for (const char *p = name; good && *p != '\0'; p++)
    good = *p != ':' && (guchar)*p >= ' ' && *p != 0x7f;
  if (!good)
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                         "A user's name has 1 to 128 bytes, no colon and does not begin with an underscore.");
  return good;
}

static gboolean
check_password (const char *password, GError **error)
{
  if (*password != '\0' && strlen (password) <= MAX_PASSWORD)
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "A password has 1 to 1024 bytes.");
  return FALSE;
}

static char *
build_body (const char *name, const char *derived_key, const char *const *roles)
{
  GString *body = g_string_new ("{\"name\":");

  luo_json_append_string (body, name);
  g_string_append (body, ",\"type\":\"user\",\"roles\":");
  luo_hub_json_append_strings (body, roles);
  g_string_append (body, ",\"password_scheme\":\"argon2id\",\"derived_key\":");
  luo_json_append_string (body, derived_key);
  g_string_append_c (body, '}');
  return g_string_free (body, FALSE);
}

/* The winner of a user's document, whatever else happens to it meanwhile: tries again on conflict. */
static gboolean
write_user (LuoHubUsers *self, const char *name, const char *body, gboolean deleted, GError **error)
{
  g_autofree char *id = g_strconcat (LUO_HUB_USER_PREFIX, name, NULL);

  for (guint attempt = 0;; attempt++)
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (LuoDocument) old = luo_store_get (self->store, LUO_HUB_USERS_SPACE, id, NULL, &failure);

      if (old == NULL && deleted)
        {
          g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "There is no user %s.", name);
          return FALSE;
        }
      g_clear_error (&failure);
      if (luo_store_put (self->store, LUO_HUB_USERS_SPACE, id,
                         old != NULL ? luo_document_get_rev (old) : NULL, body, NULL, deleted,
                         LUO_PUT_DEFAULT, NULL, &failure))
        break;
      if (attempt == 3 || !g_error_matches (failure, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  luo_hub_users_forget (self);
  return TRUE;
}

gboolean
luo_hub_users_set (LuoHubUsers *self, const char *name, const char *password, const char *const *roles,
                   GError **error)
{
  g_autofree char *hash = NULL;
  g_autofree char *body = NULL;

  if (!check_name (name, error) || !check_password (password, error))
    return FALSE;
  hash = hash_password (password);
  if (hash == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAVAILABLE,
                           "Not enough memory to hash a password.");
      return FALSE;
    }
  body = build_body (name, hash, roles);
  return write_user (self, name, body, FALSE, error);
}

gboolean
luo_hub_users_remove (LuoHubUsers *self, const char *name, GError **error)
{
  return write_user (self, name, "{\"type\":\"user\"}", TRUE, error);
}

/* NULL where the document is no user that can sign in. */
static LuoHubUser *
user_from_document (LuoDocument *document)
{
  JsonObject *object = luo_document_get_object (document);
  const char *name = luo_hub_json_get_text (object, "name");
  const char *scheme = luo_hub_json_get_text (object, "password_scheme");
  const char *derived_key = luo_hub_json_get_text (object, "derived_key");
  g_auto (GStrv) roles = luo_hub_json_get_strings (object, "roles");

  if (name == NULL || derived_key == NULL || g_strcmp0 (scheme, "argon2id") != 0
      || !g_str_has_prefix (luo_document_get_id (document), LUO_HUB_USER_PREFIX)
      || strcmp (luo_document_get_id (document) + strlen (LUO_HUB_USER_PREFIX), name) != 0)
    return NULL;
  return luo_hub_user_new (name, (const char *const *)roles, derived_key);
}

GPtrArray *
luo_hub_users_list (LuoHubUsers *self, GError **error)
{
  g_autoptr (GPtrArray) rows
      = luo_store_all_docs (self->store, LUO_HUB_USERS_SPACE, NULL, LUO_HUB_USER_PREFIX, "org.couchdb.user;",
                            FALSE, FALSE, 0, G_MAXINT, error);
  g_autoptr (GPtrArray) users = NULL;

  if (rows == NULL)
    return NULL;
  users = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_hub_user_free);
  for (guint i = 0; i < rows->len; i++)
    {
      const LuoAllDocsRow *row = rows->pdata[i];
      g_autoptr (LuoDocument) document
          = luo_store_get (self->store, LUO_HUB_USERS_SPACE, row->id, NULL, NULL);
      LuoHubUser *user = document != NULL ? user_from_document (document) : NULL;

      if (user != NULL)
        g_ptr_array_add (users, user);
    }
  return g_steal_pointer (&users);
}

LuoHubUser *
luo_hub_users_lookup (LuoHubUsers *self, const char *name)
{
  g_autofree char *id = NULL;
  g_autoptr (LuoDocument) document = NULL;
  LuoHubUser *user;
  Known *known;
  guint generation;

  g_mutex_lock (&self->mutex);
  known = g_hash_table_lookup (self->known, name);
  if (known != NULL && known->fresh_until > luo_clock_get_monotonic ())
    {
      user = known->user != NULL ? luo_hub_user_ref (known->user) : NULL;
      g_mutex_unlock (&self->mutex);
      return user;
    }
  generation = self->generation;
  g_mutex_unlock (&self->mutex);

  id = g_strconcat (LUO_HUB_USER_PREFIX, name, NULL);
  document = luo_store_get (self->store, LUO_HUB_USERS_SPACE, id, NULL, NULL);
  user = document != NULL ? user_from_document (document) : NULL;

  g_mutex_lock (&self->mutex);
  /* A password that was changed while this was read must not be believed for another moment. */
  if (generation == self->generation)
    {
      /* Names that do not exist come from whoever guesses; they must not fill the memory. */
      if (g_hash_table_size (self->known) > 10000)
        g_hash_table_remove_all (self->known);
      known = g_new0 (Known, 1);
      known->user = user != NULL ? luo_hub_user_ref (user) : NULL;
      known->fresh_until = luo_clock_get_monotonic () + USER_FRESH_USEC;
      g_hash_table_replace (self->known, g_strdup (name), known);
    }
  g_mutex_unlock (&self->mutex);
  return user;
}

static gboolean
verify_hash (LuoHubUsers *self, const char *hash, const char *password)
{
  gboolean right;

  g_mutex_lock (&self->mutex);
  while (self->hashing >= MAX_HASHES)
    g_cond_wait (&self->hash_free, &self->mutex);
  self->hashing++;
  if (hash == NULL && self->nobody == NULL)
    self->nobody = hash_password ("nobody has this password");
  g_mutex_unlock (&self->mutex);

  right = crypto_pwhash_str_verify (hash != NULL ? hash : self->nobody, password, strlen (password)) == 0
          && hash != NULL;

  g_mutex_lock (&self->mutex);
  self->hashing--;
  g_cond_signal (&self->hash_free);
  g_mutex_unlock (&self->mutex);
  return right;
}

static void
credential_digest (LuoHubUsers *self, const char *name, const char *password, guint8 *digest)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, self->credential_key, sizeof self->credential_key, 32);
  crypto_generichash_update (&state, (const guint8 *)name, strlen (name) + 1);
  crypto_generichash_update (&state, (const guint8 *)password, strlen (password));
  crypto_generichash_final (&state, digest, 32);
}

static gboolean
is_remembered (LuoHubUsers *self, LuoHubUser *user, const guint8 *digest)
{
  Credential *credential;
  gboolean remembered;

  g_mutex_lock (&self->mutex);
  credential = g_hash_table_lookup (self->credentials, user->name);
  remembered = credential != NULL && credential->until > luo_clock_get_monotonic ()
               && strcmp (credential->derived_key, user->derived_key) == 0
               && sodium_memcmp (credential->digest, digest, 32) == 0;
  g_mutex_unlock (&self->mutex);
  return remembered;
}

static void
remember (LuoHubUsers *self, LuoHubUser *user, const guint8 *digest)
{
  Credential *credential = g_new0 (Credential, 1);

  memcpy (credential->digest, digest, 32);
  credential->derived_key = g_strdup (user->derived_key);
  credential->until = luo_clock_get_monotonic () + LUO_HUB_CREDENTIAL_SECONDS * G_USEC_PER_SEC;
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->credentials, g_strdup (user->name), credential);
  g_mutex_unlock (&self->mutex);
}

LuoHubUser *
luo_hub_users_verify (LuoHubUsers *self, const char *name, const char *password, const char *address,
                      GError **error)
{
  g_autoptr (LuoHubUser) user = NULL;
  guint8 digest[32];

  user = luo_hub_users_lookup (self, name);
  credential_digest (self, name, password, digest);
  if (user != NULL && is_remembered (self, user, digest))
    return g_steal_pointer (&user);

  if (!luo_hub_attempts_may (self->attempts, name, address))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_TOO_MANY,
                           "Too many failed attempts to sign in; wait a few minutes.");
      return NULL;
    }
  if (strlen (password) > MAX_PASSWORD
      || !verify_hash (self, user != NULL ? user->derived_key : NULL, password) || user == NULL)
    {
      luo_hub_attempts_add_failure (self->attempts, name, address);
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAUTHORIZED,
                           "Name or password is incorrect.");
      return NULL;
    }
  luo_hub_attempts_succeed (self->attempts, name, address);
  remember (self, user, digest);
  return g_steal_pointer (&user);
}

char *
luo_hub_users_hash_body (const char *id, const char *body, GError **error)
{
  g_autoptr (JsonObject) object = luo_hub_json_parse_object (body, strlen (body), error);
  const char *name;
  const char *password;
  g_autofree char *hash = NULL;
  g_autofree char *quoted = NULL;
  g_autofree char *without = NULL;
  g_autofree char *with_scheme = NULL;

  if (object == NULL)
    return NULL;
  name = luo_hub_json_get_text (object, "name");
  if (name == NULL || !g_str_has_prefix (id, LUO_HUB_USER_PREFIX)
      || strcmp (id + strlen (LUO_HUB_USER_PREFIX), name) != 0)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
                           "Doc ID must be of the form org.couchdb.user:name");
      return NULL;
    }
  if (g_strcmp0 (luo_hub_json_get_text (object, "type"), "user") != 0)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN, "doc.type must be user");
      return NULL;
    }
  if (!json_object_has_member (object, "roles"))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN, "doc.roles must exist");
      return NULL;
    }
  if (!check_name (name, error))
    return NULL;
  password = luo_hub_json_get_text (object, "password");
  if (password == NULL)
    return g_strdup (body);
  if (!check_password (password, error))
    return NULL;

  hash = hash_password (password);
  if (hash == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAVAILABLE,
                           "Not enough memory to hash a password.");
      return NULL;
    }
  quoted = luo_json_encode_string (hash);
  without = luo_json_patch (body, "/password", NULL, error);
  if (without == NULL)
    return NULL;
  with_scheme = luo_json_patch (without, "/password_scheme", "\"argon2id\"", error);
  if (with_scheme == NULL)
    return NULL;
  return luo_json_patch (with_scheme, "/derived_key", quoted, error);
}

void
luo_hub_users_session_key (LuoHubUsers *self, LuoHubUser *user, guint8 *key)
{
  /* The password's hash is part of the key, so that a changed password ends every session. */
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, self->secret, SECRET_BYTES);
  crypto_auth_hmacsha256_update (&state, (const guint8 *)user->derived_key, strlen (user->derived_key));
  crypto_auth_hmacsha256_final (&state, key);
}
