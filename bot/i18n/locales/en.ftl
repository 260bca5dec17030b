# $prefix is always there: what commands begin with.

# Answers
few-names = Only { $count ->
    [one] one new name begins
   *[other] { $count } new names begin
} like that.
waking = One moment, I am loading the poem model. The first poem takes a little longer.

# Help. help-NAME is in the overview and among the examples of `help NAME`, help-NAME-slash in both;
# help-NAME-about, -more (further examples) and -options are in `help NAME` alone.
help-title = Help
help-command = __{ $prefix }{ $command }__
help-create = Create
help-train = Retrain
help-guild = This server
help-you = You
help-me = About me
help-examples = Examples
help-options = Options
help-slash = Slash command
help-dino =
    __{ $prefix }dino__: a new dinosaur
    __{ $prefix }dino 5__: five, or up to { $most_names }
    __{ $prefix }dino tri__: one that begins with tri
    __{ $prefix }dino 5 tri__: five that begin with tri
help-dino-more = __{ $prefix }dino Zoë-Marie__, __{ $prefix }dino @member__: one that begins like this name
help-dino-slash = __/dino__: number, beginning, member, temperature, seed
help-dino-about = Makes up dinosaur names, and says how to pronounce them and what they mean. None is the name of a known genus.
help-dino-options =
    number: 1 to { $most_names }
    beginning: up to { $most_letters } letters from A to Z, or a name
    member: whose name it begins like
    temperature: { $least_temperature } to { $most_temperature }; higher is bolder
    seed: a whole number from 0; the same seed gives the same names
help-dino-more-here = __{ $prefix }dino Zoë-Marie__: one that begins like this name
help-poem =
    __{ $prefix }poem Shall I compare thee__: continue this line into a poem
    __{ $prefix }poem__: a poem with a first line of my own
help-poem-slash = __/poem__: first line, length, temperature, seed
help-poem-about = Continues your line into a poem.
help-poem-options =
    first line: up to { $most_line } characters, with a letter from A to Z
    length: { $least_length } to { $most_length } characters
    temperature: { $least_temperature } to { $most_temperature }; higher is bolder
    seed: a whole number from 0; the same seed gives the same poem
help-how = __{ $prefix }how__: how my last answer here was made
help-how-slash = __/how__
help-how-about = Shows the model, seed and settings of an answer, with a button that repeats it exactly. Reply with __{ $prefix }how__ to one of my answers to ask about that one.
help-retrain =
    __{ $prefix }retrain dino__: train me on the usual names, or on a .txt file you attach
    __{ $prefix }retrain poem__: the same for poems
help-how-about-here = Shows the model, seed and settings of my last answer. The same ones give the same answer again.
help-retrain-here =
    __{ $prefix }retrain dino__: train me on the usual names
    __{ $prefix }retrain dino names.txt__: train me on a text of yours
help-retrain-more =
    __{ $prefix }retrain poem fresh minutes=10 passes=20 temperature=0.8__: with options
    __{ $prefix }retrain forget__: delete all texts uploaded here and the models trained on them
help-retrain-slash =
    __/retrain dino__, __/retrain poem__: corpus, passes, minutes, temperature, fresh
    __/retrain forget__
help-retrain-about = Trains a model for this server. You see both scores at the end and choose Keep or Discard. Needs Manage Server or the trainer role.
help-retrain-options =
    corpus: a .txt file: names, one a line, or verse or prose
    passes: 1 to { $most_passes } times through the text, at most
    minutes: 0.1 to { $most_minutes }, at most
    temperature: { $least_temperature } to { $most_temperature }, for the samples shown
    fresh: start from scratch
help-retrain-more-here = __{ $prefix }retrain poem verse.txt fresh minutes=10 passes=20 temperature=0.8__: with options
help-retrain-about-here = Trains a model for this machine. You see both scores at the end, and the command that keeps it.
help-models = __{ $prefix }models__: the models available here, with their scores
help-models-more =
    __{ $prefix }models use ID__: switch to this model
    __{ $prefix }models rollback dino__: go back to the previous model
    __{ $prefix }models delete ID__: delete a model trained here
    __{ $prefix }models log__: who trained what, and the result
help-models-slash = __/models list__, __/models use__, __/models rollback__, __/models delete__, __/models log__
help-models-about = Shows and switches the models of this server. Changes need Manage Server or the trainer role.
help-models-about-here = Shows and switches the models of this machine.
help-models-options =
    version: an ID from __{ $prefix }models__
    network: dino or poem
help-settings = __{ $prefix }settings__: view and change my settings (needs Manage Server)
help-settings-more =
    __{ $prefix }settings set prefix ?__: change a setting
    __{ $prefix }settings set prefix__: restore its default
    __{ $prefix }settings reset__: restore all defaults
help-settings-slash = __/settings show__, __/settings set__, __/settings reset__
help-settings-about = Shows and changes the settings of this server. Needs Manage Server.
help-settings-options =
    prefix: 1 to { $most_prefix } visible characters
    channels: where I may answer, up to { $most_channels } channels or categories, or all
    trainer-role: the role that may retrain me, or none
    user-cooldown: 0 to { $most_seconds } seconds between two requests of a member
    channel-cooldown: 0 to { $most_seconds } seconds between two requests in a channel
    temperature: the default, { $least_temperature } to { $most_temperature }, or auto
    language: of my replies, en, zh-CN or auto
    adult-words: in age-restricted channels, on or off
help-privacy = __{ $prefix }privacy__: what I store about you, and for how long
help-privacy-more = __{ $prefix }privacy forget__: delete all of it
help-privacy-slash = __/privacy show__, __/privacy forget__
help-privacy-about = Shows and deletes what I store about you.
help-about = __{ $prefix }about__: who I am and which models I use
help-about-slash = __/about__
help-about-about = Shows my version, the models in use with their scores, and a button that adds me to a server. A score says how well a model predicts texts it was not trained on (lower is better).
help-about-about-here = Shows my version and the models in use with their scores. A score says how well a model predicts texts it was not trained on (lower is better).
help-ping = __{ $prefix }ping__: my latency
help-ping-slash = __/ping__
help-ping-about = Shows how long Discord takes to answer me.
help-help = __{ $prefix }help poem__: more about a command
help-help-slash = __/help__: topic
help-help-about = Lists all commands, or explains one. Every command also works with a slash, or after a mention of me.
help-help-about-here = Lists all commands, or explains one. The { $prefix } may be left out.
no-such-topic = I do not know that command. These are available:
unknown-command = I do not know that command. __{ $prefix }help__ lists all commands.
did-you-mean = Did you mean __{ $prefix }{ $command }__? __{ $prefix }help__ lists all commands.

# About
about = I make up dinosaur names and continue lines into poems. Version { $version }.
about-family =
    { $family ->
        [dino] Model for names
        [poem] Model for poems
       *[other] Model for { $family }
    }
about-model = { $id }: score { $score } (lower is better)
about-no-model = No readable model
about-uptime = Up for
days-and-hours = { $days } d { $hours } h
hours-and-minutes = { $hours } h { $minutes } min
invite-me = Add me to a server
ping = Latency: { $milliseconds } ms
ping-unknown = The latency is not known yet. Please try again in a minute.

# Settings of a server
settings-title = Settings of this server
settings-hint = __{ $prefix }settings set NAME VALUE__ changes a setting; without a value it restores the default. __{ $prefix }settings reset__ restores all defaults.
settings-reset = All settings are back to their defaults.
setting-changed = Done. { $name } is now: { $value }
setting-prefix = Command prefix
setting-prefix-allowed = Use 1 to { $most_prefix } visible characters, without spaces and without any of * _ ~ | ` < > @ # \ / :
setting-channels = Channels I may answer in
setting-channels-allowed = Name up to { $most_channels } channels or categories of this server, such as #general #games, or all.
setting-channels-all = all channels
setting-role = Role that may retrain me
setting-role-allowed = Name one role of this server other than everyone, or none.
setting-role-none = nobody
setting-user-cooldown = Cooldown of each member
setting-channel-cooldown = Cooldown of each channel
setting-cooldown-allowed = Use a number of seconds from 0 to { $most_seconds }.
setting-seconds = { $seconds } s
setting-temperature = Default temperature: higher is bolder
setting-temperature-allowed = Use a number from { $least_temperature } to { $most_temperature }, or auto.
setting-temperature-automatic = automatic
setting-language = Language of my replies
setting-language-allowed = Use en, zh-CN or auto.
setting-language-automatic = each member's language, otherwise the server's
setting-adult = Crude words in age-restricted channels
setting-adult-allowed = Use on or off.
setting-on = on
setting-off = off
unknown-setting = The settings are: { $names }.
not-manager = You need Manage Server.

# Privacy
privacy = __{ $prefix }privacy forget__ deletes all answers to you, and your name from the training log.
forgotten = All answers to you are deleted, and your name is removed from the training log.
privacy-title = Privacy
privacy-answers = Answers
privacy-answers-kept =
    Your text, the poem, your user ID, the server, channel and message: for { $hours } hours, for the buttons and __{ $prefix }how__.
    The time, server, model, seed and settings: for { $days } days, to repeat the answer.
    Old data is deleted once an hour. If an answer, its channel or its thread is deleted while I am online, its data is deleted at once.
privacy-settings = Settings
privacy-settings-kept = What managers have set for a server. Deleted a day after I am removed from it.
privacy-training = Retraining
privacy-training-kept =
    Who trained me, when and where, and the result; uploaded texts, their file names, and the models trained on them.
    Managers delete the texts with __{ $prefix }retrain forget__. Everything is deleted a day after I am removed from the server.
privacy-guilds = Servers
privacy-guilds-kept = Which servers I am in. A day after I am removed from one, I delete all data of that server, unless I am invited again. If I was offline, the day begins when I am back.
privacy-others = Other messages
privacy-others-kept = Neither stored nor logged, and never used for training.

# What could have been asked, after a refusal
try-dino = Try __{ $prefix }dino__, __{ $prefix }dino 5__ or __{ $prefix }dino 5 tri__.
try-poem = Try __{ $prefix }poem Shall I compare thee to a summer's day?__

# Refusals
invalid-number-of-names = The number of names must be { $least } to { $most }.
invalid-beginning = The beginning of a name may have only letters from A to Z, at most { $most }.
invalid-request = Give a number of names, what they begin with, or both.
invalid-first-line = The first line needs at least one letter from A to Z, and may have at most { $most } characters.
invalid-temperature = The temperature must be { $least } to { $most }.
invalid-length = The length must be { $least } to { $most } characters.
invalid-seed = The seed must be a whole number from 0 to { $most }.
invalid-training = Write dino or poem. These may follow: fresh, passes=20, minutes=5, temperature=0.8.
invalid-minutes = The number of minutes must be more than 0 and at most { $most }.
invalid-passes = The number of passes must be { $least } to { $most }.
invalid-other = I do not understand that. See __{ $prefix }help__.
nothing-generated = I could not find a new name. Try other letters.
nothing-generated-prefix = I could not find a new name that begins like that. Try other letters.
indecent-prefix = I may not show names that begin like that here. Try other letters.
indecent-line = I may not repeat a word of that line here. Try another first line.
nothing-written = I could not write a poem from that. Try another first line.
busy = I am very busy. Please try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
closed = I am restarting. Please try again in a minute.
cooling-down = Not so fast. Please try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
cooling-down-channel = I have just answered in this channel. Please try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
too-many-requests = { $most } of your requests are still running. Please wait for one of them.
too-many-presses = { $most } of your buttons are still being processed. Please wait for one of them.
not-here = I may only answer in other channels of this server.
not-here-but-there = I may only answer in other channels of this server: { $channels }{ $more ->
    [0] .
   *[other] {" "}and { $more } more.
}
missing-permission = I cannot do that in { $channel }. { $obstacle } Please tell someone who manages the server.
obstacle-view-channel = I need View Channel there.
obstacle-send-messages = I need Send Messages there.
obstacle-send-messages-in-threads = I need Send Messages in Threads there.
obstacle-attach-files = I need Attach Files there.
obstacle-timed-out = I am timed out on that server.
obstacle-locked = That thread is locked.
obstacle-automod = The server's AutoMod blocked my answer.
only-on-servers = This works only in a server.
not-a-member = I am not a member of this server, so I can only answer __/help__, __/about__, __/ping__ and __/privacy__ here. Someone who manages it can add me.
not-allowed = You do not have permission to do that here.
misunderstood = I do not understand what follows the command. See __{ $prefix }help { $command }__.
command-changed = This command has changed. Please type it again. Discord may take an hour to show the new form.
not-text-encoding = I cannot use that text: byte { $byte } is not UTF-8. Save it as UTF-8.
not-text-control = I cannot use that text: line { $line } has the control character { $sign }. Save it as plain text.
not-text-signs = I cannot use that text: it is mostly symbols, not letters. Use verse or prose.
not-text-letters = I cannot use that text: it has only { $found ->
    [one] one letter
   *[other] { $found } different letters
}. At least { $needed } are needed.
not-text-empty = I cannot use that text: it has no names. Write one name per line.
not-text-name = I cannot use that text: line { $line } is not a name. Names have only the letters A to Z, with or without accents.
not-text-unreadable = I cannot use that text: it cannot be opened.
not-text-slow = I cannot use that text: it takes too long to read. Use a shorter text in plain lines.
not-text-lines = I cannot use that text: it is empty.
not-text-symbol = I cannot use that text: line { $line } has { $sign }, which the model does not know.
not-text-missing = The training texts are incomplete. Please tell the bot's operator.
not-text-altered = The training texts have been altered. Please tell the bot's operator.
not-text-sonnets = I cannot use that text: it has { $found } sonnets, and all { $needed } are needed.
not-text-length = I cannot use that text: line { $line } is too long. A name has at most { $most } letters.
text-too-small = That text is too short: at least { $needed } { $unit ->
    [names] different names
    [pieces] stanzas or paragraphs
   *[other] characters
} are needed, and it has { $found }.
text-too-large = That text is too large: it has { $found } bytes, and at most { $most } are allowed.
text-not-found = The training text cannot be loaded right now. Please try again later.
late = That took too long. Please try again in a moment.
training-queue-full = { $waiting } trainings are already waiting. Please try again in an hour.
training-too-many = { $waiting } trainings of yours are already waiting. Wait for one of them, or press Cancel under it.
training-no-space = There is no disk space for another model. Please tell the bot's operator.
training-pending = A training for this server is already waiting or running. Wait for it, or press Cancel under it.
training-not-run = The training could not be started. Please try again later.
training-not-found = This training no longer exists.
model-unreadable = My model cannot be loaded. Please tell the bot's operator; the log says why.
training-not-resumable = This training cannot continue. Please start it again.
state-unreadable = My database cannot be reached right now. Please try again in a minute; nothing is lost.
unexpected = Something went wrong. Please tell the bot's operator this reference: { $reference }.

# Dinosaurs
dino-title = { $count } dinosaurs nobody has dug up yet
dino-line = { $name }: { $explained }
dino-meaning = { $said } — “{ $meaning }”
begins-shorter = No new name begins with all of that, so I used the first letters.
no-letters = That name has no letters from A to Z, so I chose a beginning myself.

# Retraining
training-title =
    { $family ->
        [dino] Training dinosaur names
        [poem] Training poems
       *[other] Training { $family }
    }
training-ordered-by = Started by { $member }
training-cancel = Cancel
training-keep = Keep
training-keep-worse = Keep anyway
training-discard = Discard
training-queued = { $position ->
    [0] Starting soon.
    [1] Waiting: next in line.
   *[other] Waiting: { $position } trainings are ahead.
}
training-starting = Starting: loading the network.
training-stage = { $stage ->
    [pretraining] Pretraining
    [fine-tuning] Fine-tuning
   *[other] Training
}, pass { $number }
training-loss = Loss { $loss }
training-held-out = Validation loss { $loss }
training-time-left = { $minutes ->
    [0] Less than a minute left
    [one] About one minute left
   *[other] About { $minutes } minutes left
}
training-sample = Latest sample
training-resumed = I restarted. The training continues where it was.
training-accepted = Training submitted. Follow it in this channel.
training-saved = Training finished: model { $version }.
training-saved-early = Time is up. The best model so far is { $version }.
training-start-unfit = It learned from scratch: { $version } spells only { $share } % of this text.
training-partly-learned = It learned { $share } % of the text; the rest are rare symbols.
training-checkpoint-lost = The saved progress could not be used, so the training began again.
training-set-aside = This training could not be resumed: its files cannot be read. Please start it again.
training-no-samples = None of its samples can be shown, so it cannot be kept. Try more passes or a longer text.
training-better = Better: { $new } against { $old } (lower is better). Keep it?
training-worse = Worse: { $new } against { $old } (lower is better). Better not keep it.
training-equal = As good: { $new } against { $old } (lower is better). Keep it?
training-incomparable = There is no score to compare with. Keep it?
training-failed = Training failed. { $reason }
training-failed-unknown = Training failed. Please tell the bot's operator; the log says why.
training-failed-memory = Training failed: it needs more memory than allowed. Try a smaller text.
training-failed-disk = Training failed: my disk cannot be written to. Please tell the bot's operator.
training-crashed = Training failed: it stopped without a reason. Try again, or try a smaller text.
training-cancelled = Training cancelled. Nothing was kept.
training-ended-before = This training has already ended.
training-compared = Both scored on the same { $characters } validation characters.
curve-title = Score on the same validation text
curve-held-out = new model during training
curve-new = new model: final score
curve-old = old model: score
curve-seconds = seconds
curve-minutes = minutes
curve-hours = hours
curve-nats = score (lower is better)
training-old = Before
training-new = New
training-score = Score { $score } (lower is better)
training-no-score = No score: it does not know the letters of that text.
training-kept = { $version } is kept and now in use.
training-discarded = { $version } is discarded.
decided-by = Decided by { $member }.
training-kept-already = { $version } is already kept.
training-gone = The model from that training no longer exists.
training-unknown = I do not know that training.
training-confirm-worse = { $version } scores worse than the model used before. Keep it anyway?
training-confirm-forget = This deletes all texts uploaded here and all models trained on them, and cancels a training running here. It cannot be undone.
training-forget = Delete
training-forgotten = { $count ->
    [0] Nothing that was uploaded here is left.
    [one] The uploaded texts and one model trained on them are deleted.
   *[other] The uploaded texts and { $count } models trained on them are deleted.
}
training-not-allowed = You need Manage Server or the trainer role.
training-only-in-server = Training works only in a server.
training-one-text = Attach one text, or reply to a message that has one.
training-text-file = Attach a plain text file whose name ends in .txt.
training-download = The text could not be downloaded from Discord. Please try again.
training-unwritable = That cannot be saved right now. Please tell the bot's operator; the log says why.
try-retrain = Try __{ $prefix }retrain dino__, or __{ $prefix }retrain poem minutes=10__ with a .txt file attached.
try-retrain-here = Try __{ $prefix }retrain dino__, or __{ $prefix }retrain poem verse.txt minutes=10__.
training-keep-here = Type __{ $prefix }models use { $version }__ to keep it.

# Models
models-title = Models
models-line = { $version }, { $score }, { $origin }
models-active = { $line } (in use)
models-family =
    { $family ->
        [dino] Dinosaur names
        [poem] Poems
       *[other] { $family }
    }
models-score = score { $score } (lower is better) on text from { $source } { $hash }
models-unscored = no score
models-from-host = from the operator
models-trained = trained here on { $day }
models-trained-by = trained by { $member } on { $day }
models-using = { $version } is now in use.
models-rolled-back = Back to { $version }.
models-deleted = { $version } is deleted.
models-usage = Use __{ $prefix }models__, __{ $prefix }models use ID__, __{ $prefix }models rollback dino__, __{ $prefix }models delete ID__ or __{ $prefix }models log__.
models-none = There is no such model here. __{ $prefix }models__ lists them.
models-in-use = { $version } is in use. Switch to another model first, then delete it.
models-inherited = { $version } was not trained here, so it cannot be deleted here.
models-damaged = { $version } is damaged, so I use another model now. __{ $prefix }models__ lists the models; __{ $prefix }models use ID__ switches to one.
log-title = Training log
log-empty = Nothing has been trained here yet.
log-line = { $day } { $member }: { $network }, { $corpus }, { $result }
log-nobody = somebody
log-host = the operator
log-default = the usual text { $hash }
log-upload = { $source } { $hash }
log-running = running
log-saved = made { $version } ({ $scores })
log-kept = made { $version } ({ $scores }), kept
log-discarded = made { $version } ({ $scores }), discarded
log-forgotten = deleted
log-failed = failed
log-cancelled = cancelled
log-scores = { $old } before, { $new } new

# Buttons
button-another = Another
button-more = Five more
button-continue = Continue
button-again = Again
button-wilder = Wilder
button-calmer = Calmer
button-picture = As a picture
button-how = How?
button-same = Repeat
button-delete = 🗑 Delete
press-owner = These buttons belong to someone else. Run the command yourself to get your own.
press-owner-or-moderator = Only the member who asked can do that, or someone with Manage Messages.
press-model-gone = The model behind that answer has been deleted, so I cannot repeat it.
press-faded = This button has expired. Please run the command again.

# How an answer came about
how-title = How this was made
how-dino = Seed { $seed }, temperature { $temperature }, model { $model }.
how-poem = Seed { $seed }, temperature { $temperature }, model { $model }, candidates { $candidates }.
how-command = Repeat it on the command line
how-incomplete = Your text is no longer stored: write it in place of the capitals.
how-unknown = I do not know how that was made. Reply with __{ $prefix }how__ to one of my names, poems or pictures of the last few days.
how-none = There is no recent answer here that I can explain.

# Between parts of a sentence, and between sentences
list-separator = {", "}
sentence-separator = {" "}
