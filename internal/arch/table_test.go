package arch_test

// row is a package: its floor, and why it is there. Tests alone have no floor.
type row struct {
	pkg   string
	floor int
	why   string
}

// noFloor is that of packages of tests alone.
const noFloor = -2

// section is a part of the house.
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
			{"internal/cli", 12, "a file a command"},
			{"internal/house", 11, "the composition root: the only importer of engines"},
		}},
		{"the server", []row{
			{"api", 0, "the wire's types, and the document that describes them"},
			{"client", 1, "the Go client; imports `api` alone"},
			{"internal/httpapi", 10, "the doors: decode, call, encode"},
			{"internal/watch", 10, "builds again at every save; the page that shows the film"},
			{"internal/worker", 10, "a job to the studio to the bucket; what the doors ask of the studio"},
			{"internal/store", 10, "records in SQLite; the only speaker of SQL"},
			{"internal/queue", 10, "jobs on River, in the same database"},
			{"internal/record", 1, "a build's record: its states, legal moves, the interface of its store"},
			{"internal/upload", 4, "the strict unzip, the fetcher of `zip-url` and `github`"},
			{"internal/objects", 2, "uploads and results in a bucket, signed addresses"},
			{"internal/auth", 1, "API keys, and how much each may ask for"},
		}},
		{"the steps of a build", []row{
			{"internal/studio", 9, "the order of the work: each verb is a list of steps"},
			{"internal/project", 3, "where the files of a script come from; staging under names of our own"},
			{"internal/compile", 5, "reads a script with its defaults and translations, and plans its storyboard"},
			{"internal/assets", 5, "identifies, measures and converts the files of a storyboard, and warns of how they are used"},
			{"internal/speech", 6, "speaks its sentences, side by side; voices that stand in"},
			{"internal/overlay", 5, "draws its slides and the subtitles that are shown in the picture"},
			{"internal/cut", 6, "plans and encodes the picture track"},
			{"internal/mix", 7, "mixes and codes the soundtrack; writes spoken texts to sound files"},
			{"internal/ahead", 8, "makes scenes while later ones are still spoken"},
			{"internal/meter", 6, "what the phases of a build took, and how far it is"},
			{"internal/release", 7, "joins, checks and publishes the video and the files beside it"},
		}},
		{"the compiler: pure", []row{
			{"internal/script", 1, "bytes to a tree and findings, and a printer"},
			{"internal/storyboard", 2, "a tree to scenes, resolved"},
			{"internal/reading", 4, "narration as words: the order in which rules of reading are tried"},
			{"internal/reading/figure", 3, "rules for figures and amounts: units, money, ordinal and Roman numerals, fractions"},
			{"internal/reading/calendar", 3, "rules for dates, times, weekdays and decades"},
			{"internal/reading/address", 3, "rules for addresses, files, code, telephones, houses"},
			{"internal/reading/short", 3, "rules for abbreviations, initials and acronyms"},
			{"internal/reading/sign", 3, "rules for signs: their names, or nothing"},
			{"internal/reading/idiom", 3, "years, dates, times and numerals in each language, by the words around them"},
			{"internal/reading/passage", 2, "a text in tokens, and what neighbours say about one of them"},
			{"internal/reading/grammar", 1, "a table for each language, and numbers in its words"},
			{"internal/reading/lexicon", 1, "a project's list of pronunciations"},
			{"internal/reading/token", 0, "a text cut into words, numbers, signs and gaps"},
			{"internal/reading/readingtest", 4, "tests of rules: sentences, and what a rule makes of them"},
			{"internal/timeline", 3, "scenes and measured lengths to frames and samples"},
			{"internal/caption", 4, "a timed film to subtitles: cut, laid in lines, timed word by word; SRT, VTT, transcripts"},
			{"internal/markup", 1, "Markdown and code to HTML for slides"},
			{"internal/emphasis", 0, "marks of emphasis in Markdown, also between words without blanks"},
			{"internal/langid", 0, "the language of a text, by its letters or its function words"},
			{"internal/spellout", 0, "whole numbers in words, by the rules of CLDR"},
			{"internal/similar", 0, "how alike two names are, for suggestions"},
		}},
		{"the workshop: each package knows one outside thing", []row{
			{"internal/film", 5, "encodes what is new, joins, lets stand, lays the sound beside"},
			{"internal/picture", 3, "shots to raw frames of the film's size"},
			{"internal/sound", 3, "clips and music to one track of whole samples"},
			{"internal/slide", 2, "slides and captions to pictures with alpha, drawn by one warm headless Chromium"},
			{"internal/ffmpeg", 2, "the only speller of ffmpeg's flags"},
			{"internal/h264", 1, "skip pictures, and the heads of coded pictures"},
			{"internal/mp4", 1, "writes MP4 files"},
			{"internal/codec", 2, "programs that decode and encode what ffmpeg does not: avifdec, lame"},
			{"internal/media", 1, "what a file is by its bytes; sizes and orientation of pictures; where the samples of a plain WAV file lie"},
			{"internal/animation", 0, "plays animated WebP, frame by frame"},
			{"internal/colour", 0, "how colours of profiles, code points and PNG chunks become those of a video"},
			{"internal/music", 1, "composes and plays the built-in tracks"},
			{"internal/proc", 1, "the only importer of `os/exec`"},
			{"internal/voice", 2, "text to sound and word times: a Booth over small Engines; the catalogue of names"},
			{"internal/voice/program", 3, "what engines that are programs share"},
			{"internal/voice/tone", 3, "the honest fake among the engines"},
			{"internal/voice/espeak", 4, "engines"},
			{"internal/voice/flite", 4, "engines"},
			{"internal/voice/remote", 3, "what engines that are asked over HTTP share: a request, its judgement, tries and limits"},
			{"internal/voice/ssml", 3, "writes requests as speech markup, in the dialects of services"},
			{"internal/voice/openai", 4, "engines that are services"},
			{"internal/voice/elevenlabs", 4, "engines that are services"},
			{"internal/voice/polly", 4, "engines that are services"},
			{"internal/voice/google", 4, "engines that are services"},
			{"internal/voice/azure", 4, "engines that are services"},
			{"internal/voice/onnx", 3, "runs neural models by ONNX Runtime, loaded where a machine has it"},
			{"internal/voice/models", 4, "the folder of neural voices: what is there, installing, removing"},
			{"internal/voice/piper", 5, "the engine of neural voices"},
			{"internal/voice/voicetest", 4, "the suite that every engine passes"},
			{"internal/voice/remote/remotetest", 4, "servers that misbehave, for tests of remote engines"},
		}},
		{"the ground", []row{
			{"internal/part", 1, "what a part of a video is made of and why it was made anew; finding and making parts side by side"},
			{"internal/part/parttest", 2, "tests of recipes"},

			{"internal/blame", 3, "whose failure an error is: of a file, a program or the disk"},
			{"internal/cache", 0, "what is dear to make, addressed by its content"},
			{"internal/pending", 0, "files that appear whole or not at all"},
			{"internal/names", 0, "finds files by names in any Unicode normal form"},
			{"internal/loudness", 0, "measures how loud sound is (BS.1770)"},
			{"internal/wav", 0, "the structure of WAVE files"},
			{"internal/dtw", 0, "which moment of one recording is which of another of the same words"},
			{"internal/frame", 0, "what pictures are measured in: sizes, rates, colours, how one lies and moves in a frame"},
			{"internal/utter", 0, "what a voice is asked to say: runs in their styles, factors, a line"},
			{"internal/diag", 0, "what an author is told: place, what is wrong, what is allowed, what to write instead"},
			{"internal/fault", 0, "what a caller is told: a code, a public sentence, the cause, whose turn it is"},
			{"examples", 0, "example projects; the tour is what `mynah init` makes"},
		}},
		{"the cellar", []row{
			{"internal/system", -1, "what operating systems do each in their own way about files: identity, locks, room, links"},
		}},
		{"tests and measures", []row{
			{"test/bench", 13, "measures what is promised about speed, as ratios of CPU time; with `-peers` against other programs"},
			{"test/same", 13, "compares the outcomes of this code with those of an earlier commit"},
			{"test/mutants", 13, "makes small mistakes, to see which of them a package's own tests notice"},
			{"internal/testrun", 0, "which tests belong to which run: all, under the race detector, in a minute"},
			{"internal/steptest", 7, "sets up what tests of the steps of a build need"},
			{"test/films", noFloor, "whole films, judged by decoders and players of others; tests alone"},
			{"test/hostile", noFloor, "bad files, names, disks, programs and ends of builds: one clear error or the right film; tests alone"},
			{"test/api", noFloor, "the server, from outside: its contract, its document, hostile requests, kills; tests alone"},
			{"test/stories", noFloor, "the command line as sessions, and the examples of the documents; tests alone"},
			{"internal/arch", noFloor, "tests of the floors, of purity, of what lives apart"},
		}},
	}
}
