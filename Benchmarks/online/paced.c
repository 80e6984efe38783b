// Requests at a fixed rate, whether or not the server keeps up: each has its instant, and its latency counts from then on.
//
//   paced PORT RATE SECONDS CONNECTIONS ROWS SERVICE ENTITIES
//
// POST /get-online-features for ROWS entities of SERVICE. Each connection is a thread with every CONNECTIONS-th of the instants. Prints:
// requests answered a second, p50, p99, p99.9 in milliseconds, and how many were not answered with 200.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port, connections, rows;
static long entities, total;
static double rate, start;
static const char *service;
static double *latencies;  // One for each request; negative when it failed.

static void fail(const char *what) { perror(what); exit(1); }

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void sleep_until(double instant) {
    struct timespec at = {(time_t)instant, (long)((instant - (time_t)instant) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {}
}

static size_t request_of(long number, char *text, size_t size) {
    char *body = malloc(size);
    size_t length = (size_t)snprintf(body, size, "{\"feature_service\": \"%s\", \"entities\": {\"card_id\": [", service);
    unsigned seed = (unsigned)number * 2654435761u + 1;
    for (int row = 0; row < rows; row++)
        length += (size_t)snprintf(body + length, size - length, "%s%ld", row ? "," : "", (long)(rand_r(&seed) % entities));
    length += (size_t)snprintf(body + length, size - length, "]}}");
    size_t all = (size_t)snprintf(text, size,
        "POST /get-online-features HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        length, body);
    free(body);
    return all;
}

// Reads one answer; its status, or 0 when the connection is over.
static int answer(int socket, char *buffer, size_t size) {
    size_t have = 0;
    char *end = NULL;
    while (!end) {
        ssize_t got = recv(socket, buffer + have, size - 1 - have, 0);
        if (got <= 0) return 0;
        have += (size_t)got;
        buffer[have] = 0;
        end = strstr(buffer, "\r\n\r\n");
        if (!end && have == size - 1) return 0;
    }
    int status = atoi(buffer + 9);
    *end = 0;
    char *length = strcasestr(buffer, "content-length:");
    if (!length) return 0;
    long left = atol(length + 15) - (long)(have - (size_t)(end + 4 - buffer));
    while (left > 0) {
        ssize_t got = recv(socket, buffer, (size_t)left < size ? (size_t)left : size, 0);
        if (got <= 0) return 0;
        left -= got;
    }
    return status;
}

static void *client(void *argument) {
    long first = (long)argument;
    size_t size = 1 << 18;
    char *text = malloc(size), *buffer = malloc(size);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int one = 1, connection = -1;
    for (long number = first; number < total; number += connections) {
        double due = start + number / rate;
        size_t length = request_of(number, text, size);
        sleep_until(due);
        if (connection < 0) {
            connection = socket(AF_INET, SOCK_STREAM, 0);
            if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
            setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        }
        int status = send(connection, text, length, MSG_NOSIGNAL) == (ssize_t)length ? answer(connection, buffer, size) : 0;
        latencies[number] = status == 200 ? seconds() - due : -1;
        if (status == 0) {
            close(connection);
            connection = -1;
        }
    }
    return NULL;
}

static int ascending(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return difference < 0 ? -1 : difference > 0;
}

int main(int argc, char **argv) {
    if (argc != 8) { fprintf(stderr, "paced: see the head of its source\n"); return 2; }
    port = atoi(argv[1]);
    rate = atof(argv[2]);
    total = (long)(rate * atof(argv[3]));
    connections = atoi(argv[4]);
    rows = atoi(argv[5]);
    service = argv[6];
    entities = atol(argv[7]);
    latencies = calloc((size_t)total, sizeof *latencies);
    pthread_t *threads = calloc((size_t)connections, sizeof *threads);
    start = seconds() + 0.1;
    for (long i = 0; i < connections; i++) if (pthread_create(&threads[i], NULL, client, (void *)i)) fail("pthread_create");
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double took = seconds() - start;
    qsort(latencies, (size_t)total, sizeof *latencies, ascending);
    long failed = 0;
    while (failed < total && latencies[failed] < 0) failed++;
    long good = total - failed;
    double *times = latencies + failed;
#define AT(part) (good ? 1000 * times[(long)((good - 1) * (part))] : 0)
    printf("%.1f %.3f %.3f %.3f %ld\n", good / took, AT(0.5), AT(0.99), AT(0.999), failed);
    return 0;
}
