// What Redis can do at most, for the online benchmark: hiredis in a loop, blocking, on one connection, pipelined as asked.
//
//   redis_floor get HOST PORT KEYS ROWS DEPTH SECONDS FIELD...
//     HMGETs of ROWS keys for a lookup, DEPTH lookups sent together, their replies read and dropped. Prints lookups a second.
//   redis_floor set HOST PORT KEYS FROM DB FIELD...
//     Reads all rows of KEYS from database FROM, empties database DB, and writes them there by HSET, a row for a command, 1000 together. Prints rows a
//     second.
//
// KEYS is a file of keys in hexadecimal, one on a line.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct text { char *bytes; size_t size; };

static void fail(const char *what) { fprintf(stderr, "redis_floor: %s\n", what); exit(1); }

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static struct text *read_keys(const char *path, size_t *count) {
    FILE *file = fopen(path, "r");
    if (!file) fail("no file of keys");
    struct text *keys = NULL;
    char line[4096];
    *count = 0;
    while (fgets(line, sizeof line, file)) {
        size_t size = strcspn(line, "\n") / 2;
        if (size == 0) continue;
        keys = realloc(keys, (*count + 1) * sizeof *keys);
        keys[*count].bytes = malloc(size);
        keys[*count].size = size;
        for (size_t i = 0; i < size; i++) {
            unsigned byte;
            sscanf(line + 2 * i, "%2x", &byte);
            keys[*count].bytes[i] = (char)byte;
        }
        *count += 1;
    }
    fclose(file);
    return keys;
}

static redisReply *reply_of(redisContext *redis) {
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) != REDIS_OK) fail(redis->errstr);
    if (reply->type == REDIS_REPLY_ERROR) fail(reply->str);
    return reply;
}

static void get(redisContext *redis, struct text *keys, size_t count, int rows, int depth, double limit, int fields, char **names) {
    const char *arguments[64];
    size_t sizes[64];
    arguments[0] = "HMGET";
    sizes[0] = 5;
    for (int i = 0; i < fields; i++) { arguments[i + 2] = names[i]; sizes[i + 2] = strlen(names[i]); }
    size_t next = 0;
    long lookups = 0, bytes = 0;
    double start = seconds(), end;
    do {
        for (int i = 0; i < depth * rows; i++) {
            arguments[1] = keys[next].bytes;
            sizes[1] = keys[next].size;
            next = (next + 7919) % count;
            redisAppendCommandArgv(redis, fields + 2, arguments, sizes);
        }
        for (int i = 0; i < depth * rows; i++) {
            redisReply *reply = reply_of(redis);
            for (size_t field = 0; field < reply->elements; field++) bytes += reply->element[field]->len;
            freeReplyObject(reply);
        }
        lookups += depth;
        end = seconds();
    } while (end - start < limit);
    if (bytes == 0) fail("nothing is stored under these keys");
    printf("%.1f\n", lookups / (end - start));
}

static void set(redisContext *redis, struct text *keys, size_t count, const char *from, const char *database, int fields, char **names) {
    struct text *rows = malloc(count * fields * sizeof *rows);
    freeReplyObject(redisCommand(redis, "SELECT %s", from));
    for (size_t start = 0; start < count; start += 100) {
        size_t end = start + 100 < count ? start + 100 : count;
        for (size_t key = start; key < end; key++)
            for (int field = 0; field < fields; field++) {
                const char *arguments[] = {"HGET", keys[key].bytes, names[field]};
                size_t sizes[] = {4, keys[key].size, strlen(names[field])};
                redisAppendCommandArgv(redis, 3, arguments, sizes);
            }
        for (size_t place = start * fields; place < end * fields; place++) {
            redisReply *reply = reply_of(redis);
            if (reply->type != REDIS_REPLY_STRING) fail("a row is missing");
            struct text *row = &rows[place];
            row->size = reply->len;
            row->bytes = malloc(reply->len);
            memcpy(row->bytes, reply->str, reply->len);
            freeReplyObject(reply);
        }
    }
    freeReplyObject(redisCommand(redis, "SELECT %s", database));
    freeReplyObject(redisCommand(redis, "FLUSHDB"));
    double start = seconds();
    long total = (long)count * fields, sent = 0, answered = 0;
    // View by view, as a materializer goes.
    while (answered < total) {
        for (; sent < total && sent < answered + 1000; sent++) {
            size_t key = sent % count, field = sent / count;
            struct text row = rows[key * fields + field];
            const char *arguments[] = {"HSET", keys[key].bytes, names[field], row.bytes};
            size_t sizes[] = {4, keys[key].size, strlen(names[field]), row.size};
            redisAppendCommandArgv(redis, 4, arguments, sizes);
        }
        for (; answered < sent; answered++) freeReplyObject(reply_of(redis));
    }
    printf("%.1f\n", total / (seconds() - start));
    freeReplyObject(redisCommand(redis, "FLUSHDB"));
}

int main(int argc, char **argv) {
    if (argc < 7) fail("see the head of its source");
    redisContext *redis = redisConnect(argv[2], atoi(argv[3]));
    if (!redis || redis->err) fail("no connection");
    size_t count;
    struct text *keys = read_keys(argv[4], &count);
    if (strcmp(argv[1], "get") == 0) get(redis, keys, count, atoi(argv[5]), atoi(argv[6]), atof(argv[7]), argc - 8, argv + 8);
    else set(redis, keys, count, argv[5], argv[6], argc - 7, argv + 7);
    return 0;
}
