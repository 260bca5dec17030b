from bot.observability.metrics import REGISTRY, MetricsHooks


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_the_queue_is_what_was_accepted_and_has_not_ended() -> None:
    meter = MetricsHooks()
    before = value("dinobard_queue_length", network="dino") or 0

    for _ in range(3):
        meter.accepted("dino")
    meter.ended("dino", "answered", 0.1)
    meter.refused("dino")

    assert value("dinobard_queue_length", network="dino") == before + 2
    meter.ended("dino", "answered", 0.1)
    meter.ended("dino", "late", 0.1)


def test_batches_are_measured() -> None:
    meter = MetricsHooks()
    meter.worked("poem", 4, 0.5)
    before = value("dinobard_batch_size_sum", network="poem")

    meter.worked("poem", 2, 0.25)

    assert before is not None
    assert value("dinobard_batch_size_sum", network="poem") == before + 2


def test_only_the_version_that_the_host_serves_now_is_shown() -> None:
    meter = MetricsHooks()

    meter.served("poem", None, "old")
    meter.served("poem", None, "new")
    meter.served("poem", 118, "of a server")

    assert value("dinobard_model_info", network="poem", version="new") == 1
    assert value("dinobard_model_info", network="poem", version="old") is None
    assert value("dinobard_model_info", network="poem", version="of a server") is None
