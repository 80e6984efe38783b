// The floor of any join outside Postgres: binary COPY out of what the join must read, thrown away.
//
//   cc -O2 -I$(pg_config --includedir) copy_floor.c -o copy_floor -lpq -lpthread
//   copy_floor CONNINFO "SELECT ..." "SELECT ...; SELECT ..."     one connection and thread for each, its queries one by one
//
// Prints the seconds from the first statement to the end of the last.
#define _GNU_SOURCE
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_barrier_t ready;
static const char *conninfo;

static void fail(PGconn *connection) {
    fprintf(stderr, "%s", PQerrorMessage(connection));
    exit(1);
}

static void copy(PGconn *connection, const char *select) {
    char *statement;
    if (asprintf(&statement, "COPY (%s) TO STDOUT (FORMAT binary)", select) < 0) exit(1);
    PGresult *result = PQexec(connection, statement);
    if (PQresultStatus(result) != PGRES_COPY_OUT) fail(connection);
    PQclear(result);
    char *row;
    int length;
    while ((length = PQgetCopyData(connection, &row, 0)) > 0) PQfreemem(row);
    if (length != -1) fail(connection);
    while ((result = PQgetResult(connection)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(connection);
        PQclear(result);
    }
    free(statement);
}

static void *drain(void *selects) {
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK) fail(connection);
    PQclear(PQexec(connection, "SET max_parallel_workers_per_gather = 0"));
    pthread_barrier_wait(&ready);
    char *rest;
    for (char *select = strtok_r(selects, ";", &rest); select != NULL; select = strtok_r(NULL, ";", &rest)) copy(connection, select);
    PQfinish(connection);
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    conninfo = arguments[1];
    int statements = count - 2;
    pthread_t threads[statements];
    pthread_barrier_init(&ready, NULL, statements + 1);
    for (int i = 0; i < statements; i++) pthread_create(&threads[i], NULL, drain, arguments[i + 2]);
    pthread_barrier_wait(&ready);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < statements; i++) pthread_join(threads[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.3f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
}
