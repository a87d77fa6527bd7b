"""Why no graphics card is used, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.diagnosis import CardFacts, DeviceTrial

NO_MEMORY = "out of memory"
NOT_MADE_FOR = ("no kernel image", "not compatible", "sm_")
"""How PyTorch says that it has no code for a card."""
TOO_OLD = ("too old", "insufficient")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is so, and what to do; there is not always something to do."""

    why: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.why} {self.remedy}".strip()


def why_no_card(facts: CardFacts) -> Reason | None:
    """Why PyTorch computes on no graphics card; None where it does, or where nothing was found out yet."""
    tried = [trial for trial in facts.trials if trial.device != "cpu"]
    if not facts.torch or any(not trial.problem for trial in tried):
        return None
    if tried:
        return _failed(tried[0])
    if facts.system == "darwin":
        return _on_a_mac(facts)
    if "NVIDIA" in facts.vendors or facts.cards or facts.driver or facts.driver_problem:
        return _with_nvidia(facts)
    if "AMD" in facts.vendors:
        return _with_amd(facts)
    if "Intel" in facts.vendors and not facts.xpu:
        return Reason("The only graphics here are Intel’s, and this PyTorch was not built to compute on them.")
    return Reason("PyTorch finds none that it can compute on.")


def _failed(trial: DeviceTrial) -> Reason:
    problem = trial.problem
    if NO_MEMORY in problem.casefold():
        return Reason(f"{trial.name} has no memory left.", "Close other programs that use it.")
    if any(words in problem for words in NOT_MADE_FOR):
        return Reason(f"This PyTorch has no code for {trial.name}.", "Install a build of PyTorch that was made for it.")
    return Reason(
        f"A small calculation on {trial.name} failed: {problem}", "Restart the computer, or update the driver."
    )


def _with_nvidia(facts: CardFacts) -> Reason:
    card = facts.cards[0] if facts.cards else "An NVIDIA card"
    if not facts.cuda:
        return Reason(f"{card} is there, but this PyTorch ({facts.torch}) was built without CUDA.", _cuda_build(facts))
    if facts.hidden is not None and not _shows_cards(facts.hidden):
        return Reason("The environment variable CUDA_VISIBLE_DEVICES hides all graphics cards.", "Unset it.")
    if facts.driver_problem:
        return Reason(f"NVIDIA’s driver does not work: {_first(facts.driver_problem)}", "Restart, or install it anew.")
    if not facts.driver:
        return Reason(f"{card} is there, but NVIDIA’s driver is not loaded.", "Install the driver, and restart.")
    if any(words in facts.torch_problem for words in TOO_OLD):
        old = f"NVIDIA’s driver {facts.driver} is too old for CUDA {facts.cuda}, which this PyTorch needs."
        return Reason(old, "Update the driver.")
    told = f": {_first(facts.torch_problem)}" if facts.torch_problem else "."
    return Reason(f"{card} and its driver are there, but PyTorch cannot use them{told}", "Restart the computer.")


def _cuda_build(facts: CardFacts) -> str:
    if facts.bundled:
        return "Install nnstudio’s CUDA flavour."
    return "Install a CUDA build of PyTorch: pytorch.org names the command."


def _with_amd(facts: CardFacts) -> Reason:
    if facts.hip:
        return Reason("An AMD card is there, but ROCm does not find it.", "Not every card is supported by ROCm.")
    remedy = "Where ROCm supports the card, install a ROCm build of PyTorch."
    return Reason("An AMD card is there, but this PyTorch was built without ROCm.", remedy)


def _on_a_mac(facts: CardFacts) -> Reason:
    if facts.machine != "arm64":
        return Reason("PyTorch computes on the graphics of Apple silicon only, and this Mac has another processor.")
    if not facts.mps_built:
        return Reason(
            "This PyTorch was built without Apple’s graphics (MPS).", "Install PyTorch’s own build for macOS."
        )
    return Reason("This macOS is too old for PyTorch to compute on Apple’s graphics.", "Update macOS.")


def _shows_cards(hidden: str) -> bool:
    """Whether CUDA_VISIBLE_DEVICES leaves one: what stands before the first number that is none counts."""
    first = hidden.split(",", maxsplit=1)[0].strip()
    return bool(first) and first not in {"-1", "NoDevFiles"}


def _first(text: str) -> str:
    """The first sentence or line of what a program said, with a full stop."""
    line = text.strip().splitlines()[0].partition(". ")[0]
    return f"{line.strip().rstrip('.')}."
