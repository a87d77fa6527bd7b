"""The code follows the network while somebody looks, and choosing works both ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.code.page import CodePage
from nnstudio.gui.code.view import SCRIPT, TRAINED, WAITING, CodeView
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.printing import code_of
from nnstudio.spec.code.network import NETWORK
from nnstudio.spec.code.text import part
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import CodePrinted, Exported, Failed, RunFinished
from nnstudio.spec.layers import Dropout, Linear, ReLU, Repeat
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.requests import PrintCode, WriteCode
from tests.gui.fakes import FakeLink, open_iris
from tests.spec.nested import nested

MODEL = nested(Linear(8), ReLU(), Linear(3))


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> CodeView:
    view = CodeView(studio, theme)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    return view


@pytest.fixture
def opened(view: CodeView, studio: Studio, qtbot: QtBot) -> CodeView:
    open_iris(studio, network=False)
    use(studio, MODEL)
    qtbot.waitUntil(lambda: "nn.ReLU" in view.page.toPlainText())
    return view


def use(studio: Studio, model: Model) -> None:
    studio.apply("Build", edits.use_network(studio.state.project, model, studio.state.project.training.loss))


def printed(studio: Studio) -> str:
    code = code_of(studio.state)
    assert code is not None
    return code.text


def line_of(view: CodeView, words: str) -> int:
    return next(number for number, line in enumerate(view.page.toPlainText().split("\n")) if words in line)


def test_without_data_it_says_what_will_be_here(view: CodeView) -> None:
    assert view.empty.isVisible()
    assert not view.page.isVisible()


def test_it_shows_the_code_and_follows_edits(opened: CodeView, studio: Studio, qtbot: QtBot) -> None:
    assert opened.page.toPlainText() + "\n" == printed(studio)
    use(studio, nested(Linear(8), ReLU(), Dropout(), Linear(3)))
    assert "Dropout" not in opened.page.toPlainText()  # many edits in one turn are one rendering
    qtbot.waitUntil(lambda: "nn.Dropout" in opened.page.toPlainText())
    assert opened.page.toPlainText() + "\n" == printed(studio)


def test_nothing_is_printed_while_nobody_looks(
    opened: CodeView, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.hide()
    with monkeypatch.context() as patch:
        patch.setattr("nnstudio.gui.code.view.code_of", lambda *_: pytest.fail("printed in vain"))
        use(studio, nested(Linear(5), Linear(3)))
        qtbot.waitUntil(lambda: not opened._soon.isActive())
    opened.show()
    assert opened.page.toPlainText() + "\n" == printed(studio)


def test_choosing_a_layer_marks_its_lines(opened: CodeView, studio: Studio, qtbot: QtBot) -> None:
    studio.choice.choose(["b"])
    qtbot.waitUntil(lambda: opened.page.marked == (line_of(opened, "nn.ReLU"),))
    studio.choice.choose(["a", "c", "gone"])
    qtbot.waitUntil(lambda: len(opened.page.marked) == 2)


def test_a_click_on_a_line_chooses_its_layer(opened: CodeView, studio: Studio) -> None:
    cursor = QTextCursor(opened.page.document().findBlockByNumber(line_of(opened, "nn.Linear(8, 3)")))
    place = opened.page.cursorRect(cursor).center() + QPoint(20, 0)
    QTest.mouseClick(opened.page.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert studio.choice.rows == ("c",)


def test_the_cursor_keys_choose_layer_by_layer(opened: CodeView, studio: Studio, qtbot: QtBot) -> None:
    studio.choice.choose(["a"])
    qtbot.waitUntil(lambda: opened.page.marked == (line_of(opened, "nn.Linear(4"),))
    opened.page.setFocus()
    QTest.keyClick(opened.page, Qt.Key.Key_Down)
    assert studio.choice.rows == ("b",)


def test_the_list_of_layers_follows_and_unfolds(studio: Studio, theme: Theme, qtbot: QtBot) -> None:
    panel = NetworkPanel(studio, theme)
    qtbot.addWidget(panel)
    open_iris(studio, network=False)
    use(studio, nested(Linear(8), ReLU(), (Repeat(2), [Dropout()]), Linear(3)))
    panel.view.fold("c", True)
    studio.choice.choose(["d"])
    assert panel.view.chosen_rows == ["d"]
    assert not panel.view.folded
    panel.view.choose(["b"])
    assert studio.choice.rows == ("b",)


def test_copy_takes_all_of_it(opened: CodeView, studio: Studio) -> None:
    opened.copy.click()
    assert QGuiApplication.clipboard().text() == printed(studio)


def test_save_writes_a_script(
    opened: CodeView, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net"), ""))
    opened.choose("network")
    opened.save.click()
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == printed(studio)
    assert "net.py" in studio.notices.all[-1].what
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "net.py"), ""))
    opened.save.click()
    assert studio.notices.all[-1].level == "error"


# ---- the training script ----


def printed_script(problem: str = "") -> CodePrinted:
    """As the engine prints it, with a network of long ago."""
    parts = [part("Data", ["table = read()"]), part(NETWORK, ["model = None"]), part("Training", ["train(model)"])]
    return CodePrinted(("Train it.",), tuple(parts[:1] if problem else parts), problem)


def answer(view: CodeView, link: FakeLink, qtbot: QtBot, printed: CodePrinted) -> None:
    """Let the engine print, and wait until that is shown."""
    qtbot.waitUntil(lambda: bool(link.asked(PrintCode)) and not view._soon.isActive())
    link.answer(PrintCode, printed)
    qtbot.waitUntil(lambda: not view._latest.is_waiting)


def test_the_script_is_the_engines_with_the_network_as_it_is_now(
    opened: CodeView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    assert opened.note.text() == WAITING
    answer(opened, link, qtbot, printed_script())
    text = opened.page.toPlainText()
    assert text.startswith('"""Train it."""')
    assert text.index("read()") < text.index("nn.Linear(8, 3)") < text.index("train(model)")
    assert "model = None" not in text
    assert opened.note.text() == SCRIPT
    studio.choice.choose(["b"])
    qtbot.waitUntil(lambda: opened.page.marked == (line_of(opened, "nn.ReLU"),))
    use(studio, nested(Linear(8), ReLU(), Dropout(), Linear(3)))
    qtbot.waitUntil(lambda: "nn.Dropout" in opened.page.toPlainText())
    assert "train(model)" in opened.page.toPlainText()  # what was printed stays until it is printed anew
    assert opened.note.text() == WAITING
    assert link.asked(PrintCode)[-1].project == studio.state.project


def script_with(*training: str) -> CodePrinted:
    parts = (part("Data", ["table = read()"]), part(NETWORK, ["model = None"]), part("Training", training))
    return CodePrinted(("Train it.",), parts, "")


def test_what_a_setting_changes_is_marked_before_the_chosen_layer(
    opened: CodeView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    studio.choice.choose(["b"])
    answer(opened, link, qtbot, script_with("adam(lr=0.1)", "train(model)"))
    assert list(opened.page.marked) == [line_of(opened, "nn.ReLU")]  # nothing was shown before: nothing is another
    training = replace(studio.state.project.training, optimizer=SGD(lr=0.2))
    studio.apply("Change the optimiser", replace(studio.state.project, training=training))
    qtbot.waitUntil(lambda: opened.note.text() == WAITING)
    answer(opened, link, qtbot, script_with("sgd(lr=0.2)", "print(model)", "train(model)"))
    layer = line_of(opened, "nn.ReLU")
    assert list(opened.page.marked) == [line_of(opened, "sgd("), line_of(opened, "print("), layer]
    studio.choice.choose(["a"])
    qtbot.waitUntil(lambda: opened.page.marked == (line_of(opened, "nn.Linear"),))


def test_what_a_layer_changes_elsewhere_is_not_marked(
    opened: CodeView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    answer(opened, link, qtbot, script_with("train(model)"))
    use(studio, nested(Linear(8), Linear(3)))
    qtbot.waitUntil(lambda: opened.note.text() == WAITING)
    answer(opened, link, qtbot, script_with("watch(model)", "train(model)"))
    assert opened.page.marked == ()


def test_what_cannot_be_printed_is_said_in_its_place(opened: CodeView, link: FakeLink, qtbot: QtBot) -> None:
    answer(opened, link, qtbot, printed_script("The last layer gives 5 numbers, and there are 3 classes."))
    assert "read()" in opened.page.toPlainText()
    assert "# The last layer gives 5 numbers" in opened.page.toPlainText()
    assert opened.note.text().startswith("The last layer gives")


def test_without_any_answer_the_network_stands_alone(opened: CodeView, link: FakeLink, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(link.asked(PrintCode)))
    link.answer(PrintCode, Failed(DataError("The file is gone.")))
    qtbot.waitUntil(lambda: "# The file is gone." in opened.page.toPlainText())
    assert "nn.ReLU" in opened.page.toPlainText()


def test_after_training_the_plan_of_the_run_is_printed(
    opened: CodeView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    answer(opened, link, qtbot, printed_script())
    assert not link.asked(PrintCode)[-1].model
    studio.run.start(studio.state.project)
    studio.run.receive([RunFinished("r1", "completed", 3, 2, {}, {}, {}, 1.0, 900.0, "best.pth", "last.pth")])
    qtbot.waitUntil(lambda: link.asked(PrintCode)[-1].model == "best.pth")
    answer(opened, link, qtbot, printed_script())
    assert opened.note.text() == TRAINED
    use(studio, nested(Linear(3)))
    qtbot.waitUntil(lambda: not link.asked(PrintCode)[-1].model)


def test_the_network_alone_asks_nobody(opened: CodeView, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    answer(opened, link, qtbot, printed_script())
    opened.choices.buttons["network"].click()
    asked = len(link.asked(PrintCode))
    use(studio, nested(Linear(5), Linear(3)))
    qtbot.waitUntil(lambda: "nn.Linear(5, 3)" in opened.page.toPlainText())
    assert opened.page.toPlainText() + "\n" == printed(studio)
    assert len(link.asked(PrintCode)) == asked
    opened.choices.buttons["script"].click()
    assert "train(model)" in opened.page.toPlainText()


def test_the_script_is_saved_by_the_engine(
    opened: CodeView, studio: Studio, link: FakeLink, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/there/it", "Jupyter notebook (*.ipynb)"))
    opened.save.click()
    (asked,) = link.asked(WriteCode)
    assert asked.code == PrintCode(studio.state.project, "/there/it.ipynb")
    link.answer(WriteCode, Exported("notebook", asked.code.out, "Run it."))
    qtbot.waitUntil(lambda: [notice.what for notice in studio.notices.all] == ["The script was saved as “it.ipynb”."])
    opened.save.click()
    link.answer(WriteCode, Failed(DataError("The file is gone.")))
    qtbot.waitUntil(lambda: studio.notices.all[-1].level == "error")


def test_words_are_found_one_after_another(opened: CodeView) -> None:
    opened.choose("network")
    opened.page.setFocus()
    QTest.keyClick(opened, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert opened.finder.isVisible()
    QTest.keyClicks(opened.finder.words, "LINEAR")
    assert opened.finder.said.text() == "1 of 2"
    assert opened.page.textCursor().blockNumber() == line_of(opened, "nn.Linear(4")
    QTest.keyClick(opened.finder.words, Qt.Key.Key_Return)
    assert opened.page.textCursor().blockNumber() == line_of(opened, "nn.Linear(8, 3)")
    QTest.keyClick(opened.finder.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert opened.finder.said.text() == "1 of 2"
    QTest.keyClicks(opened.finder.words, "ity")
    assert opened.finder.said.text() == "Nowhere"
    QTest.keyClick(opened.finder.words, Qt.Key.Key_Escape)
    assert not opened.finder.isVisible()
    assert opened.page.found == []


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> CodePage:
    page = CodePage(theme)
    qtbot.addWidget(page)
    return page


@pytest.mark.parametrize(
    "lines",
    [["a", "b", "c"], ["a", "x", "c"], ["x", "b", "c"], ["a", "b", "x"], ["a", "b"], ["b", "c"], ["a"], ["x"], [],
     ["a", "b", "c", "d"], ["z", "a", "b", "c"], ["a", "n", "b", "m", "c"], ["", "", ""]],
)  # fmt: skip
def test_only_what_differs_is_replaced(page: CodePage, lines: list[str]) -> None:
    page.show_lines(["a", "b", "c"])
    page.show_lines(lines)
    assert page.toPlainText() == "\n".join(lines)
    page.show_lines(["a", "b", "c"])
    assert page.toPlainText() == "a\nb\nc"


def colours_in(page: CodePage, number: int) -> dict[str, str]:
    """Each piece of a line that has a colour of its own, with that colour."""
    block = page.document().findBlockByNumber(number)
    formats = block.layout().formats()
    return {block.text()[one.start : one.start + one.length]: one.format.foreground().color().name() for one in formats}


def test_words_numbers_text_and_comments_have_colours_of_the_theme(page: CodePage, theme: Theme) -> None:
    page.show_lines(['    return nn.Conv2d(16, x1, mode="same # no")  # 16 × 8', '"""One', "return", 'end""" + 1'])
    light = theme.colours
    assert colours_in(page, 0) == {
        "return": light.accent, "16": light.number, '"same # no"': light.good, "# 16 × 8": light.muted,
    }  # fmt: skip
    assert colours_in(page, 1) == {'"""One': light.good}
    assert colours_in(page, 2) == {"return": light.good}
    assert colours_in(page, 3) == {'end"""': light.good, "1": light.number}
    theme.choose("dark")
    assert colours_in(page, 0)["return"] == theme.colours.accent != light.accent
