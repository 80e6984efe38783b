// What a server of features can do at most for one client, for the online benchmark: one thread in C that takes a request, asks Redis as
// redis_floor.c does, and answers with what it was given, whatever was asked. What is slow here, the tail above all, is the machine.
//
//   http_floor PORT REDIS_PORT KEYS ROWS ANSWER FIELD...
//
// KEYS is a file of keys in hexadecimal, one on a line; ANSWER a file with a body of the size of a real one. One connection at a time.
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_ROWS = 128, MOST_FIELDS = 16 };

static char answer[1 << 22];
static size_t answer_size;
static char keys[16384][64];
static size_t key_sizes[16384], key_count, next_key;

static void fail(const char *what) { fprintf(stderr, "http_floor: %s\n", what); exit(1); }

static void read_keys(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("no file of keys");
    char line[256];
    while (key_count < 16384 && fgets(line, sizeof line, file)) {
        size_t size = strcspn(line, "\n") / 2;
        if (size == 0 || size > sizeof keys[0]) continue;
        for (size_t i = 0; i < size; i++) {
            unsigned byte;
            sscanf(line + 2 * i, "%2x", &byte);
            keys[key_count][i] = (char)byte;
        }
        key_sizes[key_count++] = size;
    }
    fclose(file);
    if (key_count == 0) fail("no keys");
}

static void read_answer(const char *path) {
    static char body[1 << 21];
    FILE *file = fopen(path, "r");
    if (!file) fail("no answer");
    size_t size = fread(body, 1, sizeof body, file);
    fclose(file);
    answer_size = snprintf(answer, 256, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", size);
    memcpy(answer + answer_size, body, size);
    answer_size += size;
}

static void ask(redisContext *redis, int rows, int fields, char **names) {
    const char *arguments[MOST_FIELDS + 2] = {"HMGET"};
    size_t sizes[MOST_FIELDS + 2] = {5};
    for (int i = 0; i < fields; i++) { arguments[i + 2] = names[i]; sizes[i + 2] = strlen(names[i]); }
    for (int row = 0; row < rows; row++) {
        next_key = (next_key + 7919) % key_count;
        arguments[1] = keys[next_key];
        sizes[1] = key_sizes[next_key];
        redisAppendCommandArgv(redis, fields + 2, arguments, sizes);
    }
    for (int row = 0; row < rows; row++) {
        redisReply *reply;
        if (redisGetReply(redis, (void **)&reply) != REDIS_OK) fail(redis->errstr);
        if (reply->type != REDIS_REPLY_ARRAY || reply->element[0]->type != REDIS_REPLY_STRING) fail("nothing is stored");
        freeReplyObject(reply);
    }
}

// Reads one request to its end; 0 when the client has gone. Its length is trusted, and nothing comes ahead of an answer.
static int take(int client) {
    char request[65536];
    size_t size = 0;
    while (size < sizeof request - 1) {
        ssize_t count = recv(client, request + size, sizeof request - 1 - size, 0);
        if (count <= 0) return 0;
        size += count;
        request[size] = 0;
        char *end = strstr(request, "\r\n\r\n");
        if (!end) continue;
        char *length = strcasestr(request, "content-length:");
        size_t body = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
        if (size >= (size_t)(end + 4 - request) + body) return 1;
    }
    return 0;
}

static int give(int client) {
    for (size_t sent = 0; sent < answer_size;) {
        ssize_t count = send(client, answer + sent, answer_size - sent, MSG_NOSIGNAL);
        if (count <= 0) return 0;
        sent += count;
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 7) fail("see the head of its source");
    int rows = atoi(argv[4]), fields = argc - 6, yes = 1;
    if (rows > MOST_ROWS || fields > MOST_FIELDS) fail("too many rows or fields");
    redisContext *redis = redisConnect("127.0.0.1", atoi(argv[2]));
    if (!redis || redis->err) fail("no connection to Redis");
    read_keys(argv[3]);
    read_answer(argv[5]);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) fail("no port");
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) fail("no client");
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        while (take(client)) {
            ask(redis, rows, fields, argv + 6);
            if (!give(client)) break;
        }
        close(client);
    }
}
