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

# Dinosaurs
dino-title = { $count } dinosaurs that nobody has dug up yet
dino-line = { $name }: { $explained }
dino-meaning = { $said } — “{ $meaning }”
and-so-on = {", "}
begins-shorter = Nothing new begins with all of that, so I kept to the first letters.
no-letters = I can read no letter of that name, so this is an idea of my own.

# Buttons
button-another = Another
button-five_more = Five more
button-go_on = Continue
button-again = Again
button-wilder = Wilder
button-calmer = Calmer
button-picture = As a picture
button-how = How?
button-delete = 🗑 Delete
press-asker = These buttons are for who asked. Ask me yourself, and you get your own.
press-asker-or-moderator = Only who asked, or who may manage messages here, can do that.
press-manager = Only who may manage this server can do that.
press-faded = That is too long ago for me to remember. Please ask anew.

# How an answer came about
how-title = How this came about
how-dino = Seed { $seed }, temperature { $temperature }, model { $model }.
how-poem = Seed { $seed }, temperature { $temperature }, model { $model }, the best of { $candidates }.
how-command = The same again, on a command line
how-incomplete = What was typed is no longer kept: put it where the capitals are.
how-none = I have said nothing here lately that I could explain.
