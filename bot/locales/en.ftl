# Answers
few-names = No more than { $count ->
    [one] one new name begins
   *[other] { $count } new names begin
} like that.
waking = One moment: I have just woken up and am still looking for my quill.
help =
    !dino - invent a dinosaur
    !dino 5 - invent five, or up to { $most }
    !dino tri - one that begins with tri
    !dino 5 tri - five that begin with tri
    !poem Shall I compare thee - go on from that line in verse
    !poem - a poem with a first line of my own
    !help - show this
unknown-command = I do not know that command. Type !help for those I know.

# What could have been asked, after a refusal
try-dino = Try !dino, !dino 5 or !dino 5 tri.
try-poem = Try !poem Shall I compare thee to a summer's day?

# Refusals
invalid = The { $field } must be { $allowed }.
nothing-invented = I could not think of a new name. Other letters may do better.
nothing-invented-prefix = I could not think of a new name that begins like that. Other letters may do better.
nothing-written = No verse came to my mind. Another first line may do better.
busy = Too many ask at once. Please try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
closed = I am about to restart. Please try again in a minute.
model-unreadable = My model cannot be read. Whoever runs me finds the reason in the log.
state-unreadable = I cannot reach my notes just now. Please try again in a minute; nothing is lost.
unexpected = Something went wrong. Whoever runs me finds it in the log as { $reference }.

# Retraining
training-title-dino = Training dinosaur names
training-title-poem = Training poems
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
training-failed = The training has failed: { $reason }
training-cancelled = The training was cancelled. Nothing of it is left.
training-ended-before = The training had ended already.
training-compared = Nats per character on the same { $characters } held-out characters: less is better.
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
training-confirm-forget = This deletes all texts that were uploaded here and all versions made of them. There is no way back.
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
training-unwritable = The training cannot be stored just now: { $reason }. Whoever runs me has to make room.
try-retrain = Try !retrain dino, or !retrain poem minutes=10 with a .txt attached.
try-retrain-here = Try !retrain dino, or !retrain poem verse.txt minutes=10.
training-keep-here = Type !models use { $version } to keep it.

# Versions
models-title = Versions
models-line = { $version }, { $score }, { $origin }
models-active = { $line } - this one answers
models-dino = Dinosaur names
models-poem = Poems
models-unscored = not scored
models-from-host = from whoever runs me
models-trained = trained here on { $day }
models-trained-by = trained by { $member } on { $day }
models-using = { $version } answers from now on.
models-rolled-back = Back to { $version }.
models-deleted = { $version } is deleted.
models-usage = Type !models, !models use ID, !models rollback dino, !models delete ID or !models log.
models-none = There is no such version here. !models shows those there are.
models-in-use = { $version } answers just now. Use another version first, then delete it.
models-inherited = { $version } was not made here and cannot be deleted here.
models-damaged = { $version } is damaged and does not answer any more. Another version answers in its place. !models shows those there are; use one, or train anew.
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
button-delete = 🗑 Delete
press-asker = These buttons are for who asked. Ask me yourself, and you get your own.
press-asker-or-moderator = Only who asked, or who may manage messages here, can do that.
press-manager = Only who may manage this server can do that.
press-faded = That is too long ago for me to remember. Please ask anew.
