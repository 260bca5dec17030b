# $prefix is always there: what commands begin with.

# Answers
few-names = No more than { $count ->
    [one] one new name begins
   *[other] { $count } new names begin
} like that.
waking = One moment: I have just woken up and am still looking for my quill.

# Help: a line or two in the overview, and what follows when it is asked for
help-dino =
    { $prefix }dino - invent a dinosaur
    { $prefix }dino 5 - invent five, or up to { $most }
    { $prefix }dino tri - one that begins with tri
    { $prefix }dino 5 tri - five that begin with tri
help-dino-more = The letters a name begins with are A to Z; case and accents do not matter. Of a mention, and of a name such as Zoë-Marie, I take the first letters that I can read. No name is on the list of known genera.
help-poem =
    { $prefix }poem Shall I compare thee - go on from that line in verse
    { $prefix }poem - a poem with a first line of my own
help-poem-more = Whatever you write becomes the first line; it needs at least one letter from A to Z.
help-how = { $prefix }how - how my last answer here came about, and how to have it again
help-how-more = Reply with it to one of my answers to hear about that one, and to have it once more with a button. The same text takes the same words, seed, model and settings, and for a poem as many candidates: with much to do I write fewer.
help-retrain = { $prefix }retrain dino - train me anew, on a text of yours if you attach one (for those who manage the server, and whom they let)
help-retrain-more =
    { $prefix }retrain poem fresh minutes=10 passes=20 temperature=0.8 - everything after the name may be left out
    { $prefix }retrain forget - delete all texts that were uploaded here, and what was made of them
help-models = { $prefix }models - the versions that can answer here, with their scores
help-models-more =
    { $prefix }models use ID - let that one answer
    { $prefix }models rollback dino - let the one answer that did so before
    { $prefix }models delete ID - delete one that was made here
    { $prefix }models log - who has trained what, and with which result
help-settings = { $prefix }settings - show and change how I behave on this server (for those who manage it)
help-settings-more =
    { $prefix }settings set prefix ? - change one setting
    { $prefix }settings set prefix - bring it back to its default
    { $prefix }settings reset - bring back all of them
help-privacy = { $prefix }privacy - what I store about you, and for how long
help-privacy-more = { $prefix }privacy forget - delete all of it
help-about = { $prefix }about - who I am, which models I serve, and since when
help-about-more = A model's score is the mean surprise at each character of texts it has never seen: less is better.
help-ping = { $prefix }ping - how long Discord takes to answer me
help-ping-more = It is the time between a heartbeat and its echo.
help-help = { $prefix }help poem - more about one command
help-help-more = Each command can be typed with a slash as well, or after a mention of me.
no-such-topic = I do not know that command. These I know:
unknown-command = I do not know that command. Type { $prefix }help for those I know.
did-you-mean = Did you mean { $prefix }{ $command }? Type { $prefix }help for all I know.

# About
about = I invent dinosaurs and continue lines into poems, one character at a time. Version { $version }.
about-family =
    { $family ->
        [dino] Model of names
        [poem] Model of poems
       *[other] Model of { $family }
    }
about-model = { $id }: { $nats } nats per character on texts it has never seen
about-no-model = none that can be read
about-uptime = Awake for
days-and-hours = { $days } d { $hours } h
hours-and-minutes = { $hours } h { $minutes } min
invite-me = Add me to a server
ping = Discord answered my last heartbeat within { $milliseconds } ms.
ping-unknown = I have not heard the echo of a heartbeat yet. Ask me again in a minute.

# Settings of a server
settings-title = My settings on this server
settings-hint = { $prefix }settings set NAME VALUE changes one; without a value it goes back to its default. { $prefix }settings reset brings all back.
settings-reset = All settings are back to their defaults.
setting-changed = Done. { $name } is now: { $value }
setting-prefix = what commands begin with
setting-prefix-allowed = It must be 1 to { $most_prefix } characters that can be seen, without spaces and without any of * _ ~ | ` < > @ # \ / :
setting-channels = where I may speak
setting-channels-allowed = Name up to { $most_channels } channels or categories of this server, as in #general #games, or say all.
setting-channels-all = all channels
setting-role = who may retrain me, beside those who manage the server
setting-role-allowed = Name one role of this server other than everyone, or say none.
setting-role-none = nobody
setting-user-cooldown = pause between two wishes of a member
setting-channel-cooldown = pause between two wishes in a channel
setting-cooldown-allowed = It must be a number of seconds from 0 to { $most_seconds }.
setting-seconds = { $seconds } s
setting-temperature = how daring I am where nobody says
setting-temperature-allowed = It must be a number from { $least_temperature } to { $most_temperature }, or auto.
setting-temperature-automatic = what suits names and poems
setting-language = language of my replies
setting-language-allowed = It must be en, zh-CN or auto.
setting-language-automatic = that of each member, else of the server
setting-adult = indecent words in channels marked as adult
setting-adult-allowed = It must be on or off.
setting-on = on
setting-off = off
unknown-setting = The settings are: { $names }.
not-manager = Only members who may manage this server can do that.

# Privacy
privacy =
    What I store, and for how long:
    Answers: who asked, in which server and channel, which message shows it, what was typed, and the poem, so that the buttons and { $prefix }how work: for { $hours } hours. When and in which server it was, with which model, seed and settings, so that you can have it again: for { $days } days. What is too old is deleted once an hour; all of it at once when the answer is deleted, if I am on then.
    Settings: what those who manage a server have set for it. Deleted when I am removed from the server.
    Retraining: who has retrained me, when, in which channel, and with what result; texts that were uploaded for it, what they were called, and the models made of them. Those who manage the server delete the texts with { $prefix }retrain forget; all is deleted when I am removed from the server.
    Servers: which ones I am in. If one removes me while I am off, I notice when I am back, and delete all of it a day later.
    Other messages are neither stored nor logged, and I never learn from them.
    { $prefix }privacy forget deletes all answers that say you asked, and your name from what you have retrained.
forgotten = All answers that said you asked are deleted, and so is your name wherever you have retrained me.

# What could have been asked, after a refusal
try-dino = Try { $prefix }dino, { $prefix }dino 5 or { $prefix }dino 5 tri.
try-poem = Try { $prefix }poem Shall I compare thee to a summer's day?

# Refusals
invalid-number-of-names = The number of names must be { $least } to { $most }.
invalid-beginning = The beginning of a name must be letters from A to Z alone, at most { $most }.
invalid-wish = The wish must be a number of names, the letters or the name they begin like, or both.
invalid-first-line = The first line must be a text with at least one letter from A to Z, at most { $most } characters long.
invalid-temperature = The temperature must be { $least } to { $most }.
invalid-length = The length must be { $least } to { $most } characters.
invalid-seed = The seed must be a whole number from 0 to { $most }.
invalid-training = A training is dino or poem, then perhaps fresh, passes=20, minutes=5 or temperature=0.8.
invalid-minutes = The number of minutes must be more than 0, and no more than whoever runs me allows.
invalid-passes = The number of passes must be { $least } to { $most }.
invalid-other = I do not understand that wish. { $prefix }help says what I do.
nothing-invented = I could not think of a new name. Other letters may do better.
nothing-invented-prefix = I could not think of a new name that begins like that. Other letters may do better.
indecent-line = That line has a word that I would rather not repeat here. Another first line will do.
nothing-written = No verse came to my mind. Another first line may do better.
busy = Too many ask at once. Please try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
closed = I am about to restart. Please try again in a minute.
cooling-down = Not so fast. Please ask again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
cooling-down-channel = This channel has just had an answer. Please ask again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
too-many-wishes = I am still busy with { $most } wishes of yours. Please wait for one of them.
too-many-presses = I am still busy with { $most } buttons that you have pressed. Please wait for one of them.
not-here = Those who manage this server let me speak in other channels only.
not-here-but-there = Those who manage this server let me speak in other channels only: { $channels }{ $more ->
    [0] .
   *[other] {" "}and { $more } more.
}
only-on-servers = That works on a server only.
not-allowed = You may not do that here.
misunderstood = I do not understand what follows that command. { $prefix }help { $command } says how it is used.
command-changed = That command has changed. Please type it anew; it may take Discord an hour to show its new form.
not-text-encoding = That text cannot be used: byte { $byte } is not UTF-8. Save it as UTF-8 text.
not-text-control = That text cannot be used: line { $line } has the control character { $sign }. Save it as plain text.
not-text-signs = That text cannot be used: it is made of other signs than letters. Give verse or prose.
not-text-letters = That text cannot be used: it has { $found ->
    [one] one letter
   *[other] { $found } different letters
} alone. Give at least { $needed }.
not-text-empty = That text cannot be used: it has no names. Write one a line.
not-text-name = That text cannot be used: line { $line } is not a name. Names are written in the letters A to Z, accents allowed, and nothing else.
not-text-unreadable = That text cannot be used: it cannot be opened.
not-text-lines = That text cannot be used: it has no lines.
not-text-symbol = That text cannot be used: line { $line } has { $sign }, which the model does not know.
not-text-missing = The texts to learn from are not all in the folder that whoever runs me has named. Please tell them.
not-text-altered = The texts to learn from are not those that they should be. Please tell whoever runs me.
not-text-sonnets = That text cannot be used: it has { $found } sonnets. All { $needed } are needed.
not-text-length = That text cannot be used: line { $line } is too long. A name has { $most } letters at most.
text-too-small = { $unit ->
    [names] Different names
    [pieces] Stanzas or paragraphs
   *[other] Characters
} in that text: { $found }. They are too few to learn from; I need at least { $needed }.
text-too-large = The text has { $found } bytes. I read at most { $most }.
text-not-found = I cannot get the text to learn from just now. Please try again later.
late = That took me too long, and I gave up. Please try again in a moment.
training-queue-full = { $waiting } trainings are waiting already. Please try again in an hour.
training-pending = A training for this server is waiting or running already. Wait for it, or cancel it.
training-not-run = It could not be run. Please try again later.
training-not-found = There is no such training any more.
model-unreadable = My model cannot be read. Whoever runs me finds the reason in the log.
training-not-resumable = That training cannot go on. Please start it afresh.
state-unreadable = I cannot reach my notes just now. Please try again in a minute; nothing is lost.
unexpected = Something went wrong. Whoever runs me finds it in the log as { $reference }.

# Dinosaurs
dino-title = { $count } dinosaurs that nobody has dug up yet
dino-line = { $name }: { $explained }
dino-meaning = { $said } — “{ $meaning }”
begins-shorter = Nothing new begins with all of that, so I kept to the first letters.
no-letters = I can read no letter of that name, so this is an idea of my own.
# Retraining
training-title =
    { $family ->
        [dino] Training dinosaur names
        [poem] Training poems
       *[other] Training { $family }
    }
training-ordered-by = Ordered by { $member }
training-cancel = Cancel
training-keep = Keep
training-keep-worse = Keep it all the same
training-discard = Discard
training-queued = { $position ->
    [0] Waiting for a moment: it begins at once.
    [1] Waiting: it is the next to begin.
   *[other] Waiting: { $position } trainings are before it.
}
training-starting = It begins: the network is being loaded.
training-stage = { $stage ->
    [pretraining] Pretraining
    [fine-tuning] Fine-tuning
   *[other] Training
}, pass { $number }
training-loss = Loss { $loss }
training-held-out = Held-out loss { $loss }
training-time-left = { $minutes ->
    [0] Less than a minute left
    [one] About one minute left
   *[other] About { $minutes } minutes left
}
training-sample = Latest sample
training-resumed = I was away for a moment. The training goes on from where it was.
training-accepted = The training is accepted. Watch it in this channel.
training-saved = The training is done. It made the version { $version }.
training-saved-early = The time is over. The best so far became the version { $version }.
training-better = It does not score worse than the one that answers now. Keep it?
training-worse = It scores worse than the one that answers now. I advise against keeping it.
training-failed = The training has failed. { $reason }
training-failed-unknown = The training has failed. Whoever runs me finds the reason in the log.
training-failed-memory = The training has failed: it needs more memory than it may have. Give it a smaller text.
training-failed-disk = The training has failed: the disk of my machine takes no more. Tell whoever runs me.
training-crashed = The training has failed: it ended without a word. Try again; with a smaller text if it recurs.
training-cancelled = The training was cancelled. Nothing of it is left.
training-ended-before = The training had ended already.
training-compared = Nats per character on the same { $characters } held-out characters: less is better.
curve-training = training
curve-held-out = held out meanwhile
curve-new = new network at the end
curve-old = old network at the end
curve-minutes = minutes
curve-nats = nats per character
training-old = Before
training-new = New
training-score = { $score } nats per character
training-no-score = It does not know the letters of that text.
training-kept = { $version } is kept: it answers from now on.
training-discarded = { $version } is discarded.
training-kept-already = { $version } has been kept already.
training-gone = There is no version of that training any more.
training-unknown = I do not know that training any more.
training-confirm-worse = { $version } scores worse than the version that was served before. Keep it all the same?
training-confirm-forget = This deletes all texts that were uploaded here and all versions made of them, and cancels a training that goes on here. There is no way back.
training-forget = Delete them
training-forgotten = { $count ->
    [0] Nothing that was uploaded here is left.
    [one] The uploaded texts are deleted, and one version that was made of them.
   *[other] The uploaded texts are deleted, and { $count } versions that were made of them.
}
training-not-allowed = Only members who manage this server, or whom it lets train, may do that.
training-only-in-server = Networks are trained in a server, not here.
training-one-text = Attach one text, or reply to a message that has one.
training-text-file = Attach a plain text whose name ends in .txt.
training-download = The text could not be fetched from Discord. Please try again.
training-unwritable = That cannot be stored just now. Whoever runs me finds the reason in the log.
try-retrain = Try { $prefix }retrain dino, or { $prefix }retrain poem minutes=10 with a .txt attached.
try-retrain-here = Try { $prefix }retrain dino, or { $prefix }retrain poem verse.txt minutes=10.
training-keep-here = Type { $prefix }models use { $version } to keep it.

# Versions
models-title = Versions
models-line = { $version }, { $score }, { $origin }
models-active = { $line } - this one answers
models-family =
    { $family ->
        [dino] Dinosaur names
        [poem] Poems
       *[other] { $family }
    }
models-unscored = not scored
models-from-host = from whoever runs me
models-trained = trained here on { $day }
models-trained-by = trained by { $member } on { $day }
models-using = { $version } answers from now on.
models-rolled-back = Back to { $version }.
models-deleted = { $version } is deleted.
models-usage = Type { $prefix }models, { $prefix }models use ID, { $prefix }models rollback dino, { $prefix }models delete ID or { $prefix }models log.
models-none = There is no such version here. { $prefix }models shows those there are.
models-in-use = { $version } answers just now. Use another version first, then delete it.
models-inherited = { $version } was not made here and cannot be deleted here.
models-damaged = { $version } is damaged and does not answer any more. Another version answers in its place. { $prefix }models shows those there are; use one, or train anew.
log-title = Record of training
log-empty = Nothing has been trained here yet.
log-line = { $day } { $member }: { $network }, { $corpus }, { $result }
log-nobody = somebody
log-host = the host
log-default = the usual text { $hash }
log-upload = { $source } { $hash }
log-running = runs
log-saved = made { $version } ({ $scores })
log-kept = made { $version } ({ $scores }), kept
log-discarded = made { $version } ({ $scores }), discarded
log-forgotten = forgotten
log-failed = failed
log-cancelled = cancelled
log-scores = { $old } before, { $new } new

# Buttons
button-another = Another
button-again = Again
button-wilder = Wilder
button-calmer = Calmer
button-picture = As a picture
button-how = How?
button-same = Once more, the same
button-delete = 🗑 Delete
press-asker = These buttons are for who asked. Ask me yourself, and you get your own.
press-asker-or-moderator = Only who asked, or who may manage messages here, can do that.
press-manager = Only who may manage this server can do that.
press-model-gone = The model that gave that answer has been deleted, so I cannot give the same again.
press-faded = That is too long ago for me to remember. Please ask anew.

# How an answer came about
how-title = How this came about
how-dino = Seed { $seed }, temperature { $temperature }, model { $model }.
how-poem = Seed { $seed }, temperature { $temperature }, model { $model }, the best of { $candidates }.
how-command = The same again, on a command line
how-incomplete = What was typed is no longer kept: put it where the capitals are.
how-unknown = I cannot tell how that came about. Reply with { $prefix }how to a name, a poem or a picture of mine of the last days.
how-none = I have said nothing here lately that I could explain.
list-separator = {", "}
button-more = Five more
button-continue = Continue
