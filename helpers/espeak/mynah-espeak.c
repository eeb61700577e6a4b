/* mynah-espeak speaks sentences by the library of espeak-ng, and tells when each word
 * is said, which the program espeak-ng does not. It is a program of its own because the
 * library's licence asks for that; it talks by its standard streams alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request is a line, and behind it as many bytes of UTF-8 text as it says:
 *
 *     VOICE RATE PITCH FLAGS BYTES\n
 *
 * VOICE is a voice of espeak-ng, RATE in words a minute (80 to 450), PITCH 0 to 99,
 * FLAGS are "s" where the text is SSML, "p" where [[...]] holds phonemes, or "-".
 *
 * The answer is a line, as many lines of events as it says, and the samples, 16 bits,
 * the lower byte first:
 *
 *     ok SAMPLERATE EVENTS SAMPLES\n
 *     w POSITION LENGTH SAMPLE\n      a word begins: its place in the text in characters,
 *                                     from 1, and its first sample
 *     e SAMPLE\n                      a clause ends
 *
 * or "error WORDS\n". All requests to one process name the same voice. The end of the input
 * ends the program.
 *
 * A sentence is spoken by a child that is forked from a library that has loaded the voice
 * and said nothing: what was said before changes nothing, and what brings the library down brings nobody down
 * but the child.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <espeak-ng/speak_lib.h>

enum { most_text = 1 << 20, most_sound = 256 << 20 };

static char *sound, *events;
static size_t sound_size, sound_room, events_size, events_room;
static int event_count, overflow;

/* append grows a buffer; it reports 0 when there is no room. */
static int append(char **buf, size_t *size, size_t *room, const void *data, size_t n) {
    if (*size + n > *room) {
        size_t more = *room ? *room * 2 : 1 << 16;
        while (more < *size + n)
            more *= 2;
        char *grown = more > most_sound ? NULL : realloc(*buf, more);
        if (!grown)
            return 0;
        *buf = grown;
        *room = more;
    }
    memcpy(*buf + *size, data, n);
    *size += n;
    return 1;
}

static int take(short *wav, int samples, espeak_EVENT *event) {
    char line[96];
    if (wav && samples > 0 && !append(&sound, &sound_size, &sound_room, wav, (size_t)samples * 2))
        overflow = 1;
    for (; event->type != espeakEVENT_LIST_TERMINATED; event++) {
        int n = 0;
        if (event->type == espeakEVENT_WORD)
            n = snprintf(line, sizeof line, "w %d %d %d\n", event->text_position, event->length, event->sample);
        else if (event->type == espeakEVENT_END)
            n = snprintf(line, sizeof line, "e %d\n", event->sample);
        if (n > 0) {
            if (!append(&events, &events_size, &events_room, line, (size_t)n))
                overflow = 1;
            event_count++;
        }
    }
    return overflow;
}

static void write_all(const char *data, size_t n) {
    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, data, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(3);
        data += done;
        n -= (size_t)done;
    }
}

static void say(const char *line) { write_all(line, strlen(line)); }

/* use_voice finds a voice by its name, else the one for a language ("fr-fr"), each with
 * the variant behind a plus sign; it reports 0 when there is none. */
static int use_voice(const char *name) {
    char both[160];
    espeak_VOICE wanted;
    if (espeak_SetVoiceByName(name) == EE_OK)
        return 1;
    const char *plus = strchr(name, '+');
    int n = plus ? (int)(plus - name) : (int)strlen(name);
    snprintf(both, sizeof both, "%.*s", n, name);
    memset(&wanted, 0, sizeof wanted);
    wanted.languages = both;
    if (espeak_SetVoiceByProperties(&wanted) != EE_OK)
        return 0;
    if (!plus)
        return 1;
    /* The file of a voice says which it is: "roa/fr" is called by its last part. */
    const espeak_VOICE *found = espeak_GetCurrentVoice();
    const char *file = found && found->identifier ? strrchr(found->identifier, '/') : NULL;
    file = file ? file + 1 : found ? found->identifier : "";
    snprintf(both, sizeof both, "%.80s%.60s", file, plus);
    return espeak_SetVoiceByName(both) == EE_OK;
}

/* speak answers a request; it runs in a child, which has the voice from its parent. */
static void speak(int rate, int pitch, const char *flags, char *text, size_t n, int sample_rate) {
    char line[96];
    unsigned int how = espeakCHARS_UTF8;
    if (strchr(flags, 's'))
        how |= espeakSSML;
    if (strchr(flags, 'p'))
        how |= espeakPHONEMES;
    espeak_SetParameter(espeakRATE, rate, 0);
    espeak_SetParameter(espeakPITCH, pitch, 0);
    espeak_SetSynthCallback(take);
    if (espeak_Synth(text, n + 1, 0, POS_CHARACTER, 0, how, NULL, NULL) != EE_OK || espeak_Synchronize() != EE_OK || overflow) {
        say("error the text cannot be spoken\n");
        return;
    }
    snprintf(line, sizeof line, "ok %d %d %zu\n", sample_rate, event_count, sound_size / 2);
    say(line);
    write_all(events, events_size);
    write_all(sound, sound_size);
}

int main(void) {
    char line[256], voice[128], flags[8], loaded[128] = "";
    int rate, pitch;
    unsigned long n;
    /* Whoever made the pipes may have left them so that they do not wait. */
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) & ~O_NONBLOCK);
    fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
    int sample_rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, NULL, espeakINITIALIZE_DONT_EXIT);
    if (sample_rate <= 0) {
        say("error the library finds no data\n");
        return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%127s %d %d %7s %lu", voice, &rate, &pitch, flags, &n) != 5 || n > most_text) {
            say("error not a request\n");
            return 2;
        }
        char *text = malloc(n + 1);
        if (!text || fread(text, 1, n, stdin) != n) {
            say("error a request that is cut off\n");
            return 2;
        }
        text[n] = 0;
        /* A voice is loaded once for all sentences that it says. A second one would sound of
         * the first: the library remembers. */
        if (loaded[0] == 0) {
            if (!use_voice(voice)) {
                say("error no such voice\n");
                return 0;
            }
            strcpy(loaded, voice);
        } else if (strcmp(loaded, voice) != 0) {
            say("error another voice than before\n");
            return 2;
        }
        pid_t child = fork();
        if (child == 0) {
            speak(rate, pitch, flags, text, n, sample_rate);
            _exit(0);
        }
        int status = 0;
        while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        free(text);
        /* What a child that came down has written is no whole answer: nobody can go on. */
        if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            return 3;
    }
    return 0;
}
