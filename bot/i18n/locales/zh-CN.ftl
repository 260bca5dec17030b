# $prefix 总是可用：命令的前缀。

# 回答
few-names = 以这些字母开头的新名字只有 { $count } 个。
waking = 请稍等：我刚刚醒来，还在找我的羽毛笔。

# 帮助：总览中的一两行，以及单独询问时的补充
help-dino =
    { $prefix }dino - 造一个恐龙名字
    { $prefix }dino 5 - 造五个，最多 { $most } 个
    { $prefix }dino tri - 造一个以 tri 开头的
    { $prefix }dino 5 tri - 造五个以 tri 开头的
help-dino-more = 开头只能用字母 A 到 Z，大小写和重音符号不影响结果。提到某人，或写出一个名字（例如 Zoë-Marie），我就取其中能读出的头几个字母。所造的名字都不在已知恐龙属名之列。
help-poem =
    { $prefix }poem Shall I compare thee - 从这一行接着写诗
    { $prefix }poem - 由我自己起头写一首诗
help-poem-more = 你写的内容会成为第一行，其中至少要有一个字母 A 到 Z。
help-how = { $prefix }how - 我在这里的上一个回答是怎么来的，怎样再次得到它
help-how-more = 用它回复我的某个回答，就能了解那一个，并可用按钮原样再得到它。要得到相同的文字，输入、种子、模型和设置都要相同；诗的候选数量也要相同：忙的时候我写得少一些。
help-retrain = { $prefix }retrain dino - 重新训练我，也可以附上你自己的文本（限管理者和他们允许的人）
help-retrain-more =
    { $prefix }retrain poem fresh minutes=10 passes=20 temperature=0.8 - 名称后面的都可以省略
    { $prefix }retrain forget - 删除在这里上传的所有文本，以及由它们得到的一切
help-models = { $prefix }models - 这里可用的版本及其得分
help-models-more =
    { $prefix }models use ID - 让那一个来回答
    { $prefix }models rollback dino - 让之前的那一个来回答
    { $prefix }models delete ID - 删除在这里得到的一个
    { $prefix }models log - 谁训练过什么，结果如何
help-settings = { $prefix }settings - 查看和更改我在本服务器的设置（限管理者）
help-settings-more =
    { $prefix }settings set prefix ? - 更改一项设置
    { $prefix }settings set prefix - 恢复这一项的默认值
    { $prefix }settings reset - 全部恢复默认值
help-privacy = { $prefix }privacy - 我保存了你的哪些信息，保存多久
help-privacy-more = { $prefix }privacy forget - 全部删除
help-about = { $prefix }about - 我是谁，使用哪些模型，运行了多久
help-about-more = 模型的得分是它对从未见过的文字中每个字符的平均意外程度，越低越好。
help-ping = { $prefix }ping - Discord 回应我需要多久
help-ping-more = 这是一次心跳与其回应之间的时间。
help-help = { $prefix }help poem - 某个命令的详细说明
help-help-more = 每个命令也可以用斜杠输入，或者在提及我之后输入。
no-such-topic = 我不认识这个命令。我认识的有：
unknown-command = 我不认识这个命令。输入 { $prefix }help 查看我认识的命令。
did-you-mean = 你是想输入 { $prefix }{ $command } 吗？输入 { $prefix }help 查看所有命令。

# 关于
about = 我逐个字符地创造恐龙名字，并把一行文字续写成诗。版本 { $version }。
about-family =
    { $family ->
        [dino] 名字模型
        [poem] 诗歌模型
       *[other] { $family } 模型
    }
about-model = { $id }：在从未见过的文字上每字符 { $nats } 奈特
about-no-model = 没有可读取的模型
about-uptime = 已运行
days-and-hours = { $days } 天 { $hours } 小时
hours-and-minutes = { $hours } 小时 { $minutes } 分钟
invite-me = 把我加入服务器
ping = Discord 在 { $milliseconds } 毫秒内回应了我的上一次心跳。
ping-unknown = 我还没有收到心跳的回应。请一分钟后再问。

# 服务器设置
settings-title = 我在本服务器的设置
settings-hint = { $prefix }settings set 名称 值 可更改一项；不写值则恢复默认。{ $prefix }settings reset 全部恢复默认。
settings-reset = 所有设置都已恢复默认值。
setting-changed = 好了。{ $name } 现在是：{ $value }
setting-prefix = 命令的前缀
setting-prefix-allowed = 必须是 1 到 { $most_prefix } 个可见字符，不含空格，也不含 * _ ~ | ` < > @ # \ / : 中的任何一个
setting-channels = 我可以发言的频道
setting-channels-allowed = 请写出本服务器的频道或类别，最多 { $most_channels } 个，例如 #general #games，或者写 all。
setting-channels-all = 所有频道
setting-role = 除管理者外可以重新训练我的身份组
setting-role-allowed = 请写出本服务器的一个身份组（不能是所有人），或者写 none。
setting-role-none = 无
setting-user-cooldown = 同一成员两次请求之间的间隔
setting-channel-cooldown = 同一频道两次请求之间的间隔
setting-cooldown-allowed = 必须是 0 到 { $most_seconds } 之间的秒数。
setting-seconds = { $seconds } 秒
setting-temperature = 未指定时我有多大胆
setting-temperature-allowed = 必须是 { $least_temperature } 到 { $most_temperature } 之间的数，或者 auto。
setting-temperature-automatic = 分别适合名字和诗歌的值
setting-language = 我回复所用的语言
setting-language-allowed = 必须是 en、zh-CN 或 auto。
setting-language-automatic = 各成员的语言，否则用服务器的语言
setting-adult = 在成人频道中允许不雅词语
setting-adult-allowed = 必须是 on 或 off。
setting-on = 开
setting-off = 关
unknown-setting = 可用的设置有：{ $names }。
not-manager = 只有可以管理本服务器的成员才能这样做。

# 隐私
privacy =
    我保存的内容和期限：
    回答：由谁在哪个服务器和频道请求、由哪条消息显示、输入了什么以及诗本身，使按钮和 { $prefix }how 可用：保存 { $hours } 小时。何时、在哪个服务器，用了什么模型、种子和设置，让你能再次得到它：保存 { $days } 天。过期的内容每小时删除一次；回答被删除时，只要我在线，就全部立即删除。
    设置：服务器管理者所作的设置。我被移出服务器时删除。
    重新训练：谁在何时、哪个频道重新训练了我、结果如何；为此上传的文本、它们的文件名以及由此得到的模型。服务器的管理者可用 { $prefix }retrain forget 删除文本；我被移出服务器时全部删除。
    服务器：我在哪些服务器里。如果在我离线时被移出，我恢复运行后会发现，并在一天后删除该服务器的全部内容。
    其他消息既不保存也不记入日志，我也从不向它们学习。
    { $prefix }privacy forget 会删除记有你是请求者的所有回答，以及你重新训练时留下的名字。
forgotten = 记有你是请求者的所有回答已删除，你重新训练我时留下的名字也已删除。

# 拒绝之后，可以怎样请求
try-dino = 试试 { $prefix }dino、{ $prefix }dino 5 或 { $prefix }dino 5 tri。
try-poem = 试试 { $prefix }poem Shall I compare thee to a summer's day?

# 拒绝
invalid-number-of-names = 名字的数量必须是 { $least } 到 { $most }。
invalid-beginning = 名字的开头只能是字母 A 到 Z，最多 { $most } 个。
invalid-wish = 请写出名字的数量、名字开头的字母（或某人的名字），或两者都写。
invalid-first-line = 第一行必须是至少含一个字母 A 到 Z 的文字，最多 { $most } 个字符。
invalid-temperature = 温度必须是 { $least } 到 { $most }。
invalid-length = 长度必须是 { $least } 到 { $most } 个字符。
invalid-seed = 种子必须是 0 到 { $most } 的整数。
invalid-training = 训练写作 dino 或 poem，后面可以加 fresh、passes=20、minutes=5 或 temperature=0.8。
invalid-minutes = 分钟数必须大于 0，且不超过运行我的人所允许的上限。
invalid-passes = 遍数必须是 { $least } 到 { $most }。
invalid-other = 我不明白这个请求。{ $prefix }help 会说明我能做什么。
nothing-invented = 我想不出新的名字。换些字母也许更好。
nothing-invented-prefix = 我想不出这样开头的新名字。换些字母也许更好。
indecent-line = 那一行里有一个词我不想在这里重复。换一个第一行就好。
nothing-written = 我想不出诗句。换一个第一行也许更好。
busy = 同时请求的人太多了。请在 { $seconds } 秒后再试。
closed = 我即将重新启动。请一分钟后再试。
cooling-down = 别着急。请在 { $seconds } 秒后再问。
cooling-down-channel = 这个频道刚刚得到过回答。请在 { $seconds } 秒后再问。
too-many-wishes = 我还在处理你的 { $most } 个请求。请等其中一个完成。
too-many-presses = 我还在处理你按下的 { $most } 个按钮。请等其中一个完成。
not-here = 本服务器的管理者只让我在其他频道发言。
not-here-but-there = 本服务器的管理者只让我在其他频道发言：{ $channels }{ $more ->
    [0] 。
   *[other] {" "}以及另外 { $more } 个频道。
}
only-on-servers = 这只能在服务器中使用。
not-allowed = 你在这里不能这样做。
misunderstood = 我不明白这个命令后面的内容。{ $prefix }help { $command } 会说明用法。
command-changed = 这个命令已经变了。请重新输入；Discord 可能要一小时后才显示新的形式。
not-text-encoding = 这个文本不能使用：第 { $byte } 个字节不是 UTF-8。请存为 UTF-8 文本。
not-text-control = 这个文本不能使用：第 { $line } 行有控制字符 { $sign }。请存为纯文本。
not-text-signs = 这个文本不能使用：它主要由字母以外的符号组成。请提供诗歌或散文。
not-text-letters = 这个文本不能使用：它只有 { $found } 种字母。至少需要 { $needed } 种。
not-text-empty = 这个文本不能使用：里面没有名字。请每行写一个名字。
not-text-name = 这个文本不能使用：第 { $line } 行不是名字。名字只能用字母 A 到 Z 书写，可以带重音符号。
not-text-unreadable = 这个文本不能使用：无法打开。
not-text-lines = 这个文本不能使用：里面没有内容。
not-text-symbol = 这个文本不能使用：第 { $line } 行有模型不认识的字符 { $sign }。
not-text-missing = 运行我的人所指定的文件夹里缺少要学习的文本。请告诉运行我的人。
not-text-altered = 要学习的文本与应有的不一致。请告诉运行我的人。
not-text-sonnets = 这个文本不能使用：它有 { $found } 首十四行诗，需要全部 { $needed } 首。
not-text-length = 这个文本不能使用：第 { $line } 行太长。一个名字最多 { $most } 个字母。
text-too-small = 只有 { $found } { $unit ->
    [names] 个不同的名字
    [pieces] 段（以空行分隔）
   *[other] 个字符
}，太少了，学不到东西。至少需要 { $needed }。
text-too-large = 这个文本有 { $found } 字节。我最多读取 { $most } 字节。
text-not-found = 我现在无法取得要学习的文本。请稍后再试。
late = 这花了太长时间，我放弃了。请稍后再试。
training-queue-full = 已有 { $waiting } 个训练在等待。请一小时后再试。
training-pending = 本服务器已有一个训练在等待或进行中。请等它结束，或者取消它。
training-not-run = 现在无法运行。请稍后再试。
training-not-found = 这个训练已经不存在了。
model-unreadable = 我的模型无法读取。运行我的人可以在日志中找到原因。
training-not-resumable = 这次训练无法继续。请重新开始。
state-unreadable = 我现在无法读取我的记录。请一分钟后再试；没有任何内容丢失。
unexpected = 出了点问题。运行我的人可以在日志中以 { $reference } 找到它。

# 恐龙、训练、版本、按钮与来历
dino-title = { $count } 种还没有人挖掘出来的恐龙
dino-line = { $name }：{ $explained }
dino-meaning = { $said } — “{ $meaning }”
begins-shorter = 我想不出完全这样开头的新名字，所以只用了前几个字母。
no-letters = 我在这个名字里读不出字母，所以这是我自己的主意。
training-title =
    { $family ->
        [dino] 正在训练恐龙名字
        [poem] 正在训练诗歌
       *[other] 正在训练 { $family }
    }
training-ordered-by = 由 { $member } 发起
training-cancel = 取消
training-keep = 保留
training-keep-worse = 仍然保留
training-discard = 丢弃
training-queued = { $position ->
    [0] 稍等片刻：马上开始。
    [1] 正在等待：下一个就轮到它。
   *[other] 正在等待：前面还有 { $position } 个训练。
}
training-starting = 开始了：正在载入网络。
training-stage = { $stage ->
    [pretraining] 预训练
    [fine-tuning] 微调
   *[other] 训练
}，第 { $number } 遍
training-loss = 损失 { $loss }
training-held-out = 留出损失 { $loss }
training-time-left = { $minutes ->
    [0] 剩余不到一分钟
   *[other] 大约还剩 { $minutes } 分钟
}
training-sample = 最新样例
training-resumed = 我离开了一会儿。训练从中断处继续。
training-accepted = 训练已接受。请在本频道观看进展。
training-saved = 训练完成，得到版本 { $version }。
training-saved-early = 时间到了。目前最好的结果成为版本 { $version }。
training-better = 它的得分不比现在使用的差。要保留吗？
training-worse = 它的得分比现在使用的差。我建议不要保留。
training-failed = 训练失败。{ $reason }
training-failed-unknown = 训练失败。运行我的人可以在日志中找到原因。
training-failed-memory = 训练失败：所需内存超出限制。请提供较小的文本。
training-failed-disk = 训练失败：我所在机器的磁盘无法写入。请告诉运行我的人。
training-crashed = 训练失败：它没有留下原因就结束了。请再试一次；如果仍然失败，请换较小的文本。
training-cancelled = 训练已取消，什么也没有留下。
training-ended-before = 训练此前已经结束。
training-compared = 在相同的 { $characters } 个留出字符上每字符的奈特数：越低越好。
curve-training = 训练损失
curve-held-out = 训练中的留出损失
curve-new = 新网络的最终得分
curve-old = 原网络的最终得分
curve-minutes = 分钟
curve-nats = 每字符奈特数
training-old = 之前
training-new = 新的
training-score = 每字符 { $score } 奈特
training-no-score = 它不认识那段文字的字母。
training-kept = { $version } 已保留：从现在起由它回答。
training-discarded = { $version } 已丢弃。
training-kept-already = { $version } 早已保留。
training-gone = 那次训练的版本已经不在了。
training-unknown = 我已经不知道那次训练了。
training-confirm-worse = { $version } 的得分比之前使用的版本差。仍然保留吗？
training-confirm-forget = 这会删除在这里上传的所有文本，以及由它们得到的所有版本，并取消正在这里进行的训练。无法撤销。
training-forget = 删除
training-forgotten = { $count ->
    [0] 在这里上传的内容都没有留下。
   *[other] 上传的文本和由它们得到的 { $count } 个版本都已删除。
}
training-not-allowed = 只有管理本服务器的成员，或得到他们允许训练的成员，才能这样做。
training-only-in-server = 网络在服务器中训练，不在这里。
training-one-text = 请附上一个文本，或者回复一条带有文本的消息。
training-text-file = 请附上文件名以 .txt 结尾的纯文本。
training-download = 无法从 Discord 取得这个文本。请再试一次。
training-unwritable = 现在无法保存。运行我的人可以在日志中找到原因。
try-retrain = 试试 { $prefix }retrain dino，或者 { $prefix }retrain poem minutes=10 并附上 .txt 文件。
try-retrain-here = 试试 { $prefix }retrain dino，或者 { $prefix }retrain poem verse.txt minutes=10。
training-keep-here = 输入 { $prefix }models use { $version } 来保留它。
models-title = 版本
models-line = { $version }，{ $score }，{ $origin }
models-active = { $line } - 正在使用
models-family =
    { $family ->
        [dino] 恐龙名字
        [poem] 诗歌
       *[other] { $family }
    }
models-unscored = 没有得分
models-from-host = 来自运行我的人
models-trained = { $day } 在这里训练
models-trained-by = { $day } 由 { $member } 训练
models-using = 从现在起由 { $version } 回答。
models-rolled-back = 已回到 { $version }。
models-deleted = { $version } 已删除。
models-usage = 输入 { $prefix }models、{ $prefix }models use ID、{ $prefix }models rollback dino、{ $prefix }models delete ID 或 { $prefix }models log。
models-none = 这里没有这个版本。{ $prefix }models 会列出现有的版本。
models-in-use = { $version } 正在使用。请先选用另一个版本，再删除它。
models-inherited = { $version } 不是在这里训练的，不能在这里删除。
models-damaged = { $version } 已损坏，不再回答。另一个版本代替了它。{ $prefix }models 会列出现有的版本；请选用一个，或重新训练。
log-title = 训练记录
log-empty = 这里还没有训练过什么。
log-line = { $day } { $member }：{ $network }，{ $corpus }，{ $result }
log-nobody = 某人
log-host = 运行者
log-default = 常用文本 { $hash }
log-upload = { $source } { $hash }
log-running = 进行中
log-saved = 得到 { $version }（{ $scores }）
log-kept = 得到 { $version }（{ $scores }），已保留
log-discarded = 得到 { $version }（{ $scores }），已丢弃
log-forgotten = 已删除
log-failed = 失败
log-cancelled = 已取消
log-scores = 之前 { $old }，新的 { $new }
button-another = 再来一个
button-again = 重写
button-wilder = 更大胆
button-calmer = 更平稳
button-picture = 存为图片
button-how = 由来？
button-same = 原样再来一次
button-delete = 🗑 删除
press-asker = 这些按钮是给提问者的。你自己来问，就会得到自己的按钮。
press-asker-or-moderator = 只有提问者或可以管理此处消息的人才能这样做。
press-manager = 只有可以管理本服务器的人才能这样做。
press-model-gone = 给出那个回答的模型已被删除，所以我无法再给出相同的回答。
press-faded = 那已经太久了，我记不得了。请重新提问。
how-title = 它是这样来的
how-dino = 种子 { $seed }，温度 { $temperature }，模型 { $model }。
how-poem = 种子 { $seed }，温度 { $temperature }，模型 { $model }，{ $candidates } 个候选中最好的一个。
how-command = 在命令行中再次得到它
how-incomplete = 当时输入的内容已不再保存：请把它填到大写字母的位置。
how-unknown = 我说不出它是怎么来的。请用 { $prefix }how 回复我最近几天给出的名字、诗或图片。
how-none = 我最近没有在这里说过可以解释的话。
button-more = 再来五个
button-continue = 继续
list-separator = {"、"}
