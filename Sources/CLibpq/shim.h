#pragma once
#include <libpq-fe.h>

// Character macros do not import into Swift.
/* Not translated, unlike PG_DIAG_SEVERITY. */
static inline int asof_pg_diag_severity(void) { return PG_DIAG_SEVERITY_NONLOCALIZED; }
static inline int asof_pg_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int asof_pg_diag_message_primary(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int asof_pg_diag_message_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }
static inline int asof_pg_diag_message_hint(void) { return PG_DIAG_MESSAGE_HINT; }
static inline int asof_pg_diag_statement_position(void) { return PG_DIAG_STATEMENT_POSITION; }
static inline int asof_pg_diag_context(void) { return PG_DIAG_CONTEXT; }
