package arch_test

// row is a package: its floor, and why it is there. Tests alone have no floor.
type row struct {
	pkg   string
	floor int
	why   string
}

// noFloor is that of packages of tests alone.
const noFloor = -2

// section is a part of the listing.
type section struct {
	name string
	rows []row
}

// table is the one list of packages: a package imports only from lower floors. The listing in
// ARCHITECTURE.md is made from it, by go test ./internal/arch -update.
func table() []section {
	return []section{
		{"commands", []row{
			{"cmd/mynah", 13, "signals, then `cli.Main`"},
			{"internal/cli", 12, "the commands, each in its own file"},
			{"internal/house", 11, "wires all parts from the settings; the only importer of engines"},
		}},
		{"the server", []row{
			{"api", 0, "the wire's types, and the document that describes them"},
			{"client", 1, "the Go client; imports `api` alone"},
			{"internal/httpapi", 10, "the routes of the server: decode a request, call, encode the answer"},
			{"internal/watch", 10, "builds at every save; the page that shows the video"},
			{"internal/worker", 10, "has cells do leased builds, stores the results; answers requests that need no build"},
			{"internal/janitor", 2, "removes results, uploads, records and objects that have expired"},
			{"internal/cell", 3, "the talk between the server and its cells: frames, bounds, kinds of work, services"},
			{"internal/cell/host", 4, "starts cells and model hosts; gives out slots, engines and browsers; reads results"},
			{"internal/cell/inside", 10, "a cell: does the work with the studio"},
			{"internal/turns", 0, "hands out turns: tenants in turn, urgent work first"},
			{"internal/store", 10, "records in SQLite; the only package with SQL"},
			{"internal/queue", 2, "leases builds, runs them, renews the leases once a second"},
			{"internal/record", 1, "a build's record: its states, the allowed changes, the interface of its store"},
			{"internal/upload", 4, "unpacks archives strictly; fetches `zip-url` and `github`"},
			{"internal/objects", 2, "uploads and results by key, signed addresses"},
			{"internal/auth", 1, "API keys and their limits"},
		}},
		{"the steps of a build", []row{
			{"internal/studio", 9, "the verbs (build, check, plan, speak …), each a list of steps"},
			{"internal/project", 3, "a script's files, from a folder or memory; staging under generated names"},
			{"internal/compile", 5, "reads a script with its defaults and translations, and plans its storyboard"},
			{"internal/assets", 5, "identifies, measures and converts the files of a storyboard; warns about their use"},
			{"internal/speech", 6, "speaks the sentences in parallel; replaces voices that fail"},
			{"internal/overlay", 5, "draws slides and the subtitles that are shown in the picture"},
			{"internal/cut", 6, "plans and encodes the picture track"},
			{"internal/mix", 7, "mixes and encodes the soundtrack; writes speech to sound files"},
			{"internal/ahead", 8, "makes the first scenes while a service still speaks the later ones"},
			{"internal/meter", 6, "how long the phases of a build took, and its progress in percent"},
			{"internal/release", 7, "joins, checks and publishes the video and the files next to it"},
		}},
		{"the compiler: no files, programs or clock", []row{
			{"internal/script", 1, "parses a script to a tree and findings, and prints it"},
			{"internal/storyboard", 2, "plans scenes from the tree, every default filled in"},
			{"internal/reading", 4, "turns narration into words: the order in which rules are tried"},
			{"internal/reading/figure", 3, "rules for figures and amounts: units, money, ordinal and Roman numerals, fractions"},
			{"internal/reading/calendar", 3, "rules for dates, times, weekdays and decades"},
			{"internal/reading/address", 3, "rules for web and mail addresses, files, code, telephone numbers, house numbers"},
			{"internal/reading/short", 3, "rules for abbreviations, initials and acronyms"},
			{"internal/reading/sign", 3, "rules for signs: replaces each with its name or a pause, or omits it"},
			{"internal/reading/idiom", 3, "years, dates, times and numerals as each language says them"},
			{"internal/reading/passage", 2, "a text as tokens, and questions about their neighbours"},
			{"internal/reading/grammar", 1, "a table for each language, and numbers as its words"},
			{"internal/reading/lexicon", 1, "a project's list of pronunciations"},
			{"internal/reading/token", 0, "cuts a text into words, numbers, signs and gaps"},
			{"internal/reading/readingtest", 4, "helpers for tests of rules"},
			{"internal/timeline", 3, "places scenes, pictures and sounds on frames and samples"},
			{"internal/arrange", 3, "computes where in the frame the pictures and the text of a scene are"},
			{"internal/caption", 4, "cuts narration into subtitles with times; SRT, VTT, transcripts"},
			{"internal/markup", 1, "renders Markdown and code as HTML for slides"},
			{"internal/emphasis", 0, "parses Markdown emphasis, also in text without spaces between words"},
			{"internal/langid", 0, "guesses the language of a text from letters and function words"},
			{"internal/spellout", 0, "whole numbers as words, by the rules of CLDR"},
			{"internal/similar", 0, "how similar two names are, for suggestions"},
		}},
		{"tools: each package knows one outside program or format", []row{
			{"internal/film", 5, "encodes segments and chunks, and joins them to a film"},
			{"internal/picture", 3, "paints shots as raw frames of the film's size"},
			{"internal/sound", 3, "mixes clips and music to one soundtrack of whole samples"},
			{"internal/slide", 2, "draws slides and captions in headless Chromium, as pictures with alpha"},
			{"internal/ffmpeg", 2, "the only package that writes ffmpeg's arguments"},
			{"internal/h264", 1, "writes skip pictures; parses the headers of coded pictures"},
			{"internal/mp4", 1, "writes MP4 files"},
			{"internal/codec", 2, "programs for formats that ffmpeg lacks: avifdec, lame"},
			{"internal/media", 1, "identifies files by their bytes; sizes and orientation of pictures; samples of plain WAV files"},
			{"internal/animation", 0, "decodes animated WebP, frame by frame"},
			{"internal/colour", 0, "converts colours from profiles, code points and PNG chunks to those of a video"},
			{"internal/music", 1, "composes and renders the built-in tracks"},
			{"internal/proc", 1, "runs programs; the only importer of `os/exec`"},
			{"internal/voice", 2, "speaks text with word times: the booth, the interface of engines, the catalogue of voices"},
			{"internal/voice/program", 3, "shared by engines that are programs"},
			{"internal/voice/tone", 3, "an engine of tones, for tests"},
			{"internal/voice/espeak", 4, "engines"},
			{"internal/voice/flite", 4, "engines"},
			{"internal/voice/remote", 3, "shared by engines over HTTP: requests, checks of answers, retries, limits"},
			{"internal/voice/ssml", 3, "writes requests as SSML, in the dialects of services"},
			{"internal/voice/openai", 4, "engines that are services"},
			{"internal/voice/elevenlabs", 4, "engines that are services"},
			{"internal/voice/polly", 4, "engines that are services"},
			{"internal/voice/google", 4, "engines that are services"},
			{"internal/voice/azure", 4, "engines that are services"},
			{"internal/voice/onnx", 3, "runs neural models with ONNX Runtime, loaded when the machine has it"},
			{"internal/voice/models", 4, "the folder of neural voices: listing, installing, removing"},
			{"internal/voice/piper", 5, "the engine of neural voices"},
			{"internal/voice/voicetest", 4, "the conformance suite of engines"},
			{"internal/voice/remote/remotetest", 4, "misbehaving servers, for tests of engines over HTTP"},
		}},
		{"foundations", []row{
			{"internal/part", 1, "recipes, their keys and explanations; finding and making parts in parallel"},
			{"internal/part/parttest", 2, "tests of recipes"},

			{"internal/blame", 3, "turns an error into a fault: the file, the program or the disk"},
			{"internal/blob", 0, "the port for named bytes, and its driver for a folder on disk"},
			{"internal/blob/blobtest", 1, "the conformance suite of the port's drivers"},
			{"internal/cache", 0, "keeps results that are expensive to make, under keys of their content"},
			{"internal/pending", 0, "writes files that appear complete or not at all"},
			{"internal/names", 0, "finds files by name in any Unicode normal form"},
			{"internal/loudness", 0, "measures loudness (BS.1770)"},
			{"internal/wav", 0, "the structure of WAVE files"},
			{"internal/dtw", 0, "aligns two recordings of the same words"},
			{"internal/frame", 0, "sizes, rates, colours, and how a picture is placed and moves in a frame"},
			{"internal/utter", 0, "the input of voices: lines of runs, each run in one style"},
			{"internal/diag", 0, "findings: place, problem, allowed values, suggestion"},
			{"internal/fault", 0, "faults: a code, a public sentence, the cause, a hint"},
			{"examples", 0, "example projects; the tour is what `mynah init` makes"},
		}},
		{"operating systems", []row{
			{"internal/system", -1, "files on each operating system: identity, locks, free space, links"},
		}},
		{"tests and measures", []row{
			{"test/bench", 13, "measures speed and memory, as ratios of CPU time; with `-peers` against other programs"},
			{"test/same", 13, "compares all output with that of an earlier commit"},
			{"test/mutants", 13, "makes small mistakes and counts which of them a package's own tests find"},
			{"internal/testrun", 0, "which tests run in `make test`, `make race` and `make test-short`"},
			{"internal/steptest", 7, "helpers for tests of the steps of a build"},
			{"test/films", noFloor, "whole videos, judged by other decoders and players; only tests"},
			{"test/hostile", noFloor, "bad files, names, disks, programs and kills: one clear error or the right video; only tests"},
			{"test/api", noFloor, "the server from outside: contract, OpenAPI document, hostile requests, kills; only tests"},
			{"test/stories", noFloor, "the command line as sessions, and the examples of the documents; only tests"},
			{"internal/arch", noFloor, "tests of the rules of this listing"},
		}},
	}
}
