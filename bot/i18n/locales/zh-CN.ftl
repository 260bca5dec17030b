# $prefix 总是可用：命令的前缀。

# 回答
few-names = 以这些字母开头的新名字只有 { $count } 个。
waking = 正在载入诗歌模型。第一首诗会慢一些。

# 帮助：help-NAME 用于总览和 `help NAME` 的示例，help-NAME-slash 两处都用；
# help-NAME-about、-more（更多示例）和 -options 只用于 `help NAME`。
help-title = 帮助
help-command = __{ $prefix }{ $command }__
help-create = 创作
help-train = 训练
help-guild = 本服务器
help-you = 你
help-me = 关于我
help-examples = 示例
help-options = 选项
help-slash = 斜杠命令
help-dino =
    __{ $prefix }dino__：一个新的恐龙名字
    __{ $prefix }dino 5__：五个，最多 { $most_names } 个
    __{ $prefix }dino tri__：一个以“tri”开头的
    __{ $prefix }dino 5 tri__：五个以“tri”开头的
help-dino-more = __{ $prefix }dino Zoë-Marie__、__{ $prefix }dino @成员__：一个像这个名字那样开头的
help-dino-slash = __/dino__（恐龙）：数量、开头、成员、温度、种子
help-dino-about = 生成恐龙名字，并说明读音和含义。生成的都不是已知的恐龙属名。
help-dino-options =
    数量：1 到 { $most_names }
    开头：最多 { $most_letters } 个字母（A 到 Z），或者一个名字
    成员：像谁的名字那样开头
    温度：{ $least_temperature } 到 { $most_temperature }，越高越大胆
    种子：从 0 起的整数，种子相同则名字相同
help-dino-more-here = __{ $prefix }dino Zoë-Marie__：一个像这个名字那样开头的
help-poem =
    __{ $prefix }poem Shall I compare thee__：把这一行续写成诗
    __{ $prefix }poem__：由我起头写一首诗
help-poem-slash = __/poem__（诗）：第一行、长度、温度、种子
help-poem-about = 把你写的一行续写成诗。
help-poem-options =
    第一行：最多 { $most_line } 个字符，至少有一个字母（A 到 Z）
    长度：{ $least_length } 到 { $most_length } 个字符
    温度：{ $least_temperature } 到 { $most_temperature }，越高越大胆
    种子：从 0 起的整数，种子相同则诗相同
help-how = __{ $prefix }how__：我在这里的上一个回答是怎么生成的
help-how-slash = __/how__（来历）
help-how-about = 显示一个回答的模型、种子和设置，并有按钮可以原样重现。用 __{ $prefix }how__ 回复我的某个回答，就能查询那一个。
help-retrain =
    __{ $prefix }retrain dino__：用默认的名字训练我，或用你附上的 .txt 文件
    __{ $prefix }retrain poem__：同样地训练诗歌
help-how-about-here = 显示我上一个回答的模型、种子和设置。用同样的值可以原样重现。
help-retrain-here =
    __{ $prefix }retrain dino__：用默认的名字训练我
    __{ $prefix }retrain dino names.txt__：用你自己的文本训练我
help-retrain-more =
    __{ $prefix }retrain poem fresh minutes=10 passes=20 temperature=0.8__：加上选项
    __{ $prefix }retrain forget__：删除在这里上传的所有文本和用它们训练的模型
help-retrain-slash =
    __/retrain dino__（训练 恐龙）、__/retrain poem__（训练 诗）：文本、轮数、分钟、温度、从头
    __/retrain forget__（训练 忘记）
help-retrain-about = 为本服务器训练一个模型。结束时会显示新旧得分，由你选择“保留”或“丢弃”。需要“管理服务器”权限或训练者身份组。
help-retrain-options =
    文本：.txt 文件，每行一个名字，或者诗歌、散文
    轮数：最多 1 到 { $most_passes } 轮
    分钟：最多 0.1 到 { $most_minutes } 分钟
    温度：{ $least_temperature } 到 { $most_temperature }，用于显示的样例
    从头：从头开始训练
help-retrain-more-here = __{ $prefix }retrain poem verse.txt fresh minutes=10 passes=20 temperature=0.8__：加上选项
help-retrain-about-here = 为这台机器训练一个模型。结束时会显示新旧得分，以及保留它的命令。
help-models = __{ $prefix }models__：这里可用的模型及其得分
help-models-more =
    __{ $prefix }models use ID__：切换到这个模型
    __{ $prefix }models rollback dino__：回退到上一个模型
    __{ $prefix }models delete ID__：删除在这里训练的模型
    __{ $prefix }models log__：谁训练过什么，结果如何
help-models-slash = __/models list__（模型 列表）、__/models use__（模型 使用）、__/models rollback__（模型 回退）、__/models delete__（模型 删除）、__/models log__（模型 记录）
help-models-about = 查看和切换本服务器的模型。更改需要“管理服务器”权限或训练者身份组。
help-models-about-here = 查看和切换这台机器的模型。
help-models-options =
    版本：__{ $prefix }models__ 列出的 ID
    网络：dino 或 poem
help-settings = __{ $prefix }settings__：查看和更改我的设置（需要“管理服务器”权限）
help-settings-more =
    __{ $prefix }settings set prefix ?__：更改一项设置
    __{ $prefix }settings set prefix__：恢复这一项的默认值
    __{ $prefix }settings reset__：恢复所有默认值
help-settings-slash = __/settings show__（设置 查看）、__/settings set__（设置 更改）、__/settings reset__（设置 重置）
help-settings-about = 查看和更改本服务器的设置。需要“管理服务器”权限。
help-settings-options =
    prefix：前缀，1 到 { $most_prefix } 个可见字符
    channels：我可以回答的频道，最多 { $most_channels } 个频道或类别，或者 all（全部）
    trainer-role：可以训练我的身份组，或者 none（无）
    user-cooldown：同一成员两次请求至少间隔 0 到 { $most_seconds } 秒
    channel-cooldown：同一频道两次请求至少间隔 0 到 { $most_seconds } 秒
    temperature：默认温度，{ $least_temperature } 到 { $most_temperature }，或者 auto（自动）
    language：我的回复语言，en、zh-CN 或 auto（自动）
    adult-words：年龄限制频道中的不雅词语，on（开）或 off（关）
help-privacy = __{ $prefix }privacy__：我保存了你的哪些信息，保存多久
help-privacy-more = __{ $prefix }privacy forget__：全部删除
help-privacy-slash = __/privacy show__（隐私 查看）、__/privacy forget__（隐私 忘记我）
help-privacy-about = 查看和删除我保存的你的信息。
help-about = __{ $prefix }about__：我是谁，使用哪些模型
help-about-slash = __/about__（关于）
help-about-about = 显示我的版本、正在使用的模型及其得分，并有按钮可以把我加入服务器。得分表示模型预测未见过的文本的能力（越低越好）。
help-about-about-here = 显示我的版本、正在使用的模型及其得分。得分表示模型预测未见过的文本的能力（越低越好）。
help-ping = __{ $prefix }ping__：我的延迟
help-ping-slash = __/ping__（延迟）
help-ping-about = 显示 Discord 的响应时间。
help-help = __{ $prefix }help poem__：某个命令的详细说明
help-help-slash = __/help__（帮助）：主题
help-help-about = 列出所有命令，或说明其中一个。每个命令也可以用斜杠输入，或者在提及我之后输入。
help-help-about-here = 列出所有命令，或说明其中一个。{ $prefix } 可以省略。
no-such-topic = 没有这个命令。可用的命令有：
unknown-command = 没有这个命令。输入 __{ $prefix }help__ 查看所有命令。
did-you-mean = 你是想输入 __{ $prefix }{ $command }__ 吗？输入 __{ $prefix }help__ 查看所有命令。

# 关于
about = 我会生成恐龙名字，也会把一行文字续写成诗。版本 { $version }。
about-family =
    { $family ->
        [dino] 名字模型
        [poem] 诗歌模型
       *[other] { $family } 模型
    }
about-model = { $id }：得分 { $score }（越低越好）
about-no-model = 没有可用的模型
about-uptime = 已运行
days-and-hours = { $days } 天 { $hours } 小时
hours-and-minutes = { $hours } 小时 { $minutes } 分钟
invite-me = 把我加入服务器
ping = 延迟：{ $milliseconds } 毫秒
ping-unknown = 暂时还没有延迟数据。请一分钟后再试。

# 服务器设置
settings-title = 本服务器的设置
settings-hint = 输入 __{ $prefix }settings set 名称 值__ 更改一项设置，不写值则恢复默认值。输入 __{ $prefix }settings reset__ 恢复所有默认值。
settings-reset = 所有设置都已恢复默认值。
setting-changed = 已更改。{ $name }：{ $value }
setting-prefix = 命令前缀
setting-prefix-allowed = 请用 1 到 { $most_prefix } 个可见字符，不含空格，也不含 * _ ~ | ` < > @ # \ / : 中的任何一个
setting-channels = 我可以回答的频道
setting-channels-allowed = 请写出本服务器的频道或类别，最多 { $most_channels } 个，例如 #general #games，或者写 all。
setting-channels-all = 所有频道
setting-role = 可以训练我的身份组
setting-role-allowed = 请写出本服务器的一个身份组（不能是所有人），或者写 none。
setting-role-none = 无
setting-user-cooldown = 每位成员的冷却时间
setting-channel-cooldown = 每个频道的冷却时间
setting-cooldown-allowed = 请用 0 到 { $most_seconds } 之间的秒数。
setting-seconds = { $seconds } 秒
setting-temperature = 默认温度，越高越大胆
setting-temperature-allowed = 请用 { $least_temperature } 到 { $most_temperature } 之间的数，或者 auto。
setting-temperature-automatic = 自动
setting-language = 我的回复语言
setting-language-allowed = 请用 en、zh-CN 或 auto。
setting-language-automatic = 各成员的语言，否则用服务器的语言
setting-adult = 在年龄限制频道中允许不雅词语
setting-adult-allowed = 请用 on 或 off。
setting-on = 开
setting-off = 关
unknown-setting = 可用的设置有：{ $names }。
not-manager = 你需要“管理服务器”权限。

# 隐私
privacy = 输入 __{ $prefix }privacy forget__ 可删除给你的所有回答，以及训练记录中你的名字。
forgotten = 给你的所有回答都已删除，训练记录中你的名字也已移除。
privacy-title = 隐私
privacy-answers = 回答
privacy-answers-kept =
    你的文本和诗，你的用户编号，所在服务器、频道和消息：保存 { $hours } 小时，供按钮和 __{ $prefix }how__ 使用。
    时间、服务器、模型、种子和设置：保存 { $days } 天，供重现回答。
    过期内容每小时删除一次。我在线时，如果回答或其所在的频道、子区被删除，其数据也会立即删除。
privacy-settings = 设置
privacy-settings-kept = 管理者为服务器所作的设置。我被移出服务器一天后删除。
privacy-training = 训练
privacy-training-kept =
    谁在何时何处训练了我，结果如何；上传的文本、文件名和用它们训练的模型。
    管理者可用 __{ $prefix }retrain forget__ 删除文本。我被移出服务器一天后全部删除。
privacy-guilds = 服务器
privacy-guilds-kept = 我在哪些服务器里。我被移出服务器一天后，会删除该服务器的全部数据，除非我再次被邀请。如果当时我离线，则从我恢复运行时算起。
privacy-others = 其他消息
privacy-others-kept = 不保存，不记入日志，也不用于训练。

# 拒绝之后，可以怎样请求
try-dino = 试试 __{ $prefix }dino__、__{ $prefix }dino 5__ 或 __{ $prefix }dino 5 tri__。
try-poem = 试试 __{ $prefix }poem Shall I compare thee to a summer's day?__

# 拒绝
invalid-number-of-names = 名字的数量必须是 { $least } 到 { $most }。
invalid-beginning = 名字的开头只能是字母 A 到 Z，最多 { $most } 个。
invalid-request = 请写出名字的数量或开头，也可以两者都写。
invalid-first-line = 第一行至少要有一个字母（A 到 Z），最多 { $most } 个字符。
invalid-temperature = 温度必须是 { $least } 到 { $most }。
invalid-length = 长度必须是 { $least } 到 { $most } 个字符。
invalid-seed = 种子必须是 0 到 { $most } 的整数。
invalid-training = 请写 dino 或 poem，后面可以加 fresh、passes=20、minutes=5、temperature=0.8。
invalid-minutes = 分钟数必须大于 0，且不超过 { $most }。
invalid-passes = 轮数必须是 { $least } 到 { $most }。
invalid-other = 我不明白这个请求。请看 __{ $prefix }help__。
nothing-generated = 我想不出新的名字。请换些字母试试。
nothing-generated-prefix = 我想不出这样开头的新名字。请换些字母试试。
indecent-prefix = 我不能在这里显示这样开头的名字。请换几个字母。
indecent-line = 那一行里有我不能在这里重复的词。请换一个第一行。
nothing-written = 我无法由此写出诗。请换一个第一行试试。
busy = 我正忙。请在 { $seconds } 秒后再试。
closed = 我正在重新启动。请一分钟后再试。
cooling-down = 别着急。请在 { $seconds } 秒后再试。
cooling-down-channel = 我刚刚在这个频道回答过。请在 { $seconds } 秒后再试。
too-many-requests = 你还有 { $most } 个请求正在处理。请等其中一个完成。
too-many-presses = 你按下的 { $most } 个按钮还在处理。请等其中一个完成。
not-here = 在本服务器，我只能在其他频道回答。
not-here-but-there = 在本服务器，我只能在其他频道回答：{ $channels }{ $more ->
    [0] 。
   *[other] {" "}以及另外 { $more } 个频道。
}
missing-permission = 我无法在 { $channel } 执行此操作。{ $obstacle }请告诉服务器的管理者。
obstacle-view-channel = 我在那里需要“查看频道”权限。
obstacle-send-messages = 我在那里需要“发送消息”权限。
obstacle-send-messages-in-threads = 我在那里需要“在子区内发送消息”权限。
obstacle-attach-files = 我在那里需要“附加文件”权限。
obstacle-timed-out = 我在该服务器被禁言了。
obstacle-locked = 该子区已锁定。
obstacle-automod = 我的回答被该服务器的 AutoMod 拦截了。
only-on-servers = 这只能在服务器中使用。
not-a-member = 我不是本服务器的成员，在这里只能回答 __/help__、__/about__、__/ping__ 和 __/privacy__。服务器的管理者可以添加我。
not-allowed = 你在这里没有这个权限。
misunderstood = 我不明白这个命令后面的内容。请看 __{ $prefix }help { $command }__。
command-changed = 这个命令已经更新。请重新输入。Discord 可能要一小时后才显示新的形式。
not-text-encoding = 这个文本不能使用：第 { $byte } 个字节不是 UTF-8。请存为 UTF-8 文本。
not-text-control = 这个文本不能使用：第 { $line } 行有控制字符 { $sign }。请存为纯文本。
not-text-signs = 这个文本不能使用：它主要由字母以外的符号组成。请提供诗歌或散文。
not-text-letters = 这个文本不能使用：它只有 { $found } 种字母。至少需要 { $needed } 种。
not-text-empty = 这个文本不能使用：里面没有名字。请每行写一个名字。
not-text-name = 这个文本不能使用：第 { $line } 行不是名字。名字只能用字母 A 到 Z 书写，可以带重音符号。
not-text-unreadable = 这个文本不能使用：无法打开。
not-text-slow = 这个文本不能使用：读取时间太长。请提供更短、按行书写的纯文本。
not-text-lines = 这个文本不能使用：里面没有内容。
not-text-symbol = 这个文本不能使用：第 { $line } 行有模型不认识的字符 { $sign }。
not-text-missing = 训练文本不完整。请告诉部署者。
not-text-altered = 训练文本被改动过。请告诉部署者。
not-text-sonnets = 这个文本不能使用：它有 { $found } 首十四行诗，需要全部 { $needed } 首。
not-text-length = 这个文本不能使用：第 { $line } 行太长。一个名字最多 { $most } 个字母。
text-too-small = 这个文本太短：只有 { $found } { $unit ->
    [names] 个不同的名字
    [pieces] 段（以空行分隔）
   *[other] 个字符
}，至少需要 { $needed }。
text-too-large = 这个文本太大：有 { $found } 字节，最多允许 { $most } 字节。
text-not-found = 现在无法取得训练文本。请稍后再试。
late = 处理超时。请稍后再试。
training-queue-full = 已有 { $waiting } 个训练在等待。请一小时后再试。
training-too-many = 你已有 { $waiting } 个训练在等待。请等其中一个结束，或按下面的“取消”。
training-no-space = 没有磁盘空间再保存一个模型。请告诉部署者。
training-pending = 本服务器已有一个训练在等待或进行中。请等它结束，或者按它下面的“取消”。
training-not-run = 训练无法启动。请稍后再试。
training-not-found = 这个训练已经不存在了。
model-unreadable = 我的模型无法读取。请告诉部署者，原因在日志中。
training-not-resumable = 这次训练无法继续。请重新开始。
state-unreadable = 现在无法访问我的数据库。请一分钟后再试；没有任何内容丢失。
unexpected = 出了点问题。请把这个编号告诉部署者：{ $reference }。

# 恐龙
dino-title = { $count } 种还没有人挖掘出来的恐龙
dino-line = { $name }：{ $explained }
dino-meaning = { $said } — “{ $meaning }”
begins-shorter = 没有完全这样开头的新名字，所以只用了前几个字母。
no-letters = 这个名字里没有字母（A 到 Z），所以开头由我决定。

# 训练
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
    [0] 即将开始。
    [1] 正在等待：下一个就轮到它。
   *[other] 正在等待：前面还有 { $position } 个训练。
}
training-starting = 正在启动：载入网络。
training-stage = { $stage ->
    [pretraining] 预训练
    [fine-tuning] 微调
   *[other] 训练
}，第 { $number } 轮
training-loss = 训练损失 { $loss }
training-held-out = 验证损失 { $loss }
training-time-left = { $minutes ->
    [0] 剩余不到一分钟
   *[other] 大约还剩 { $minutes } 分钟
}
training-sample = 最新样例
training-resumed = 我重新启动了。训练从中断处继续。
training-accepted = 训练已提交。进展会显示在本频道。
training-saved = 训练完成，得到模型 { $version }。
training-saved-early = 时间到了。目前最好的模型是 { $version }。
training-start-unfit = 已改为从头学习：{ $version } 只能拼写这段文本的 { $share }%。
training-partly-learned = 学习了文本的 { $share }%，其余是罕见的符号。
training-checkpoint-lost = 保存的进度无法使用，训练已从头开始。
training-set-aside = 无法继续这个训练：它的文件无法读取。请重新开始。
training-no-samples = 它的样例都不能展示，所以无法保留。请增加轮数或换较长的文本。
training-better = 更好：得分 { $new }，之前 { $old }（越低越好）。要保留吗？
training-worse = 更差：得分 { $new }，之前 { $old }（越低越好）。建议不要保留。
training-equal = 一样好：得分 { $new }，之前 { $old }（越低越好）。要保留吗？
training-incomparable = 没有可以比较的得分。要保留吗？
training-failed = 训练失败。{ $reason }
training-failed-unknown = 训练失败。请告诉部署者，原因在日志中。
training-failed-memory = 训练失败：所需内存超出限制。请换较小的文本。
training-failed-disk = 训练失败：磁盘无法写入。请告诉部署者。
training-crashed = 训练失败：它意外中止。请再试一次，或换较小的文本。
training-cancelled = 训练已取消，没有保留任何内容。
training-ended-before = 这个训练已经结束。
training-compared = 两者在相同的 { $characters } 个验证字符上计算得分。
curve-title = 在相同验证文本上的得分
curve-held-out = 训练中的新模型
curve-new = 新模型的最终得分
curve-old = 原模型的得分
curve-seconds = 秒
curve-minutes = 分钟
curve-hours = 小时
curve-nats = 得分（越低越好）
training-old = 之前
training-new = 新模型
training-score = 得分 { $score }（越低越好）
training-no-score = 没有得分：它不认识那段文本的字母。
training-kept = { $version } 已保留，现在开始使用。
training-discarded = { $version } 已丢弃。
decided-by = 由 { $member } 决定。
training-kept-already = { $version } 此前已保留。
training-gone = 那次训练得到的模型已不存在。
training-unknown = 找不到那次训练。
training-confirm-worse = { $version } 的得分比之前使用的模型差。仍然保留吗？
training-confirm-forget = 这会删除在这里上传的所有文本和用它们训练的所有模型，并取消正在这里进行的训练。此操作无法撤销。
training-forget = 删除
training-forgotten = { $count ->
    [0] 在这里上传的内容都没有留下。
   *[other] 上传的文本和用它们训练的 { $count } 个模型都已删除。
}
training-not-allowed = 你需要“管理服务器”权限或训练者身份组。
training-only-in-server = 只能在服务器中训练。
training-one-text = 请附上一个文本，或者回复一条带有文本的消息。
training-text-file = 请附上文件名以“.txt”结尾的纯文本文件。
training-download = 无法从 Discord 下载这个文本。请再试一次。
training-unwritable = 现在无法保存。请告诉部署者，原因在日志中。
try-retrain = 试试 __{ $prefix }retrain dino__，或者 __{ $prefix }retrain poem minutes=10__ 并附上 .txt 文件。
try-retrain-here = 试试 __{ $prefix }retrain dino__，或者 __{ $prefix }retrain poem verse.txt minutes=10__。
training-keep-here = 输入 __{ $prefix }models use { $version }__ 来保留它。

# 模型
models-title = 模型
models-line = { $version }，{ $score }，{ $origin }
models-active = { $line }（正在使用）
models-family =
    { $family ->
        [dino] 恐龙名字
        [poem] 诗歌
       *[other] { $family }
    }
models-score = 在 { $source } { $hash } 的文本上得分 { $score }（越低越好）
models-unscored = 没有得分
models-from-host = 由部署者提供
models-trained = { $day } 在这里训练
models-trained-by = { $day } 由 { $member } 训练
models-using = { $version } 现在开始使用。
models-rolled-back = 已回到 { $version }。
models-deleted = { $version } 已删除。
models-usage = 请用 __{ $prefix }models__、__{ $prefix }models use ID__、__{ $prefix }models rollback dino__、__{ $prefix }models delete ID__ 或 __{ $prefix }models log__。
models-none = 这里没有这个模型。输入 __{ $prefix }models__ 查看现有的模型。
models-in-use = { $version } 正在使用。请先切换到另一个模型，再删除它。
models-inherited = { $version } 不是在这里训练的，不能在这里删除。
models-damaged = { $version } 已损坏，现在改用另一个模型。输入 __{ $prefix }models__ 查看现有的模型，输入 __{ $prefix }models use ID__ 切换。
log-title = 训练记录
log-empty = 这里还没有训练过什么。
log-line = { $day } { $member }：{ $network }，{ $corpus }，{ $result }
log-nobody = 某人
log-host = 部署者
log-default = 默认文本 { $hash }
log-upload = { $source } { $hash }
log-running = 进行中
log-saved = 得到 { $version }（{ $scores }）
log-kept = 得到 { $version }（{ $scores }），已保留
log-discarded = 得到 { $version }（{ $scores }），已丢弃
log-forgotten = 已删除
log-failed = 失败
log-cancelled = 已取消
log-scores = 之前 { $old }，新的 { $new }

# 按钮
button-another = 再来一个
button-more = 再来五个
button-continue = 继续
button-again = 重写
button-wilder = 更大胆
button-calmer = 更保守
button-picture = 存为图片
button-how = 怎么来的？
button-same = 重现
button-delete = 🗑 删除
press-owner = 这些按钮属于别人。请自己运行命令，获得你的按钮。
press-owner-or-moderator = 只有请求者或有“管理消息”权限的成员才能这样做。
press-model-gone = 生成那个回答的模型已被删除，无法重现。
press-faded = 这个按钮已过期。请重新运行命令。

# 回答的来历
how-title = 生成方式
how-dino = 种子 { $seed }，温度 { $temperature }，模型 { $model }。
how-poem = 种子 { $seed }，温度 { $temperature }，模型 { $model }，候选数 { $candidates }。
how-command = 在命令行中重现
how-incomplete = 你的文本已不再保存：请用它替换大写字母的部分。
how-unknown = 我不知道它是怎么生成的。请用 __{ $prefix }how__ 回复我最近几天给出的名字、诗或图片。
how-none = 这里最近没有可以说明的回答。

# 并列成分之间和句子之间
list-separator = {"、"}
sentence-separator = {""}
