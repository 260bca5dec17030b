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

# Buttons
button-delete = 🗑 Delete
press-asker = These buttons are for who asked. Ask me yourself, and you get your own.
press-asker-or-moderator = Only who asked, or who may manage messages here, can do that.
press-manager = Only who may manage this server can do that.
press-faded = That is too long ago for me to remember. Please ask anew.
