"""The ideas of an introduction to neural networks with PyTorch, and where in the window each is seen and changed.

Words that others use for the same are in the sentences, so that a search for them finds the place.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea, what it is in a sentence, and its place: a ``panel`` or a view of the results, and a control there.

    The ``control`` is named as a screen reader names it; of several the first that is there is pointed at.
    """

    key: str
    title: str
    sentence: str
    place: str
    controls: tuple[str, ...] = ()


IDEAS = (
    Idea(
        "tensor",
        "Tensors",
        "Numbers in a box with a shape and a dtype (torch.Tensor): here those of one batch, as float32 and int64.",
        "Batches",
    ),
    Idea(
        "linear",
        "Linear layers and neurons",
        "nn.Linear: each neuron (unit) is a weighted sum of its inputs plus a bias; here one is calculated by hand.",
        "Inspect",
    ),
    Idea(
        "parameters",
        "Counting parameters",
        "Weights and biases, in × out + out for nn.Linear: beside each layer, and counted in its settings.",
        "Network",
        ("Layers",),
    ),
    Idea(
        "activation",
        "Activations and saturation",
        "What bends between layers, such as ReLU, sigmoid or tanh: choose one to see its curve with your own numbers.",
        "Inspect",
    ),
    Idea(
        "forward",
        "Forward pass",
        "model(x): how a row goes through the network, layer by layer, with shape, dtype and values.",
        "Inspect",
    ),
    Idea(
        "one_hot",
        "One-hot targets",
        "A class as a row of zeros with a single 1 (F.one_hot): what cross-entropy compares probabilities with.",
        "Batches",
        ("One-hot labels",),
    ),
    Idea(
        "cross_entropy",
        "Softmax and cross-entropy",
        "nn.CrossEntropyLoss: −ln of the probability of the right class, which softmax makes of logits (raw scores).",
        "Inspect",
    ),
    Idea(
        "mse",
        "Mean squared error (MSE)",
        "nn.MSELoss: the mean of the squared differences, the usual loss where a number is predicted (regression).",
        "Training",
        ("Loss",),
    ),
    Idea(
        "gradient",
        "Gradients and backpropagation",
        "loss.backward(): how much the loss changes with each weight; the bars show where they vanish or explode.",
        "Inspect",
    ),
    Idea(
        "step",
        "A manual gradient step",
        "optimizer.step(): w − lr · grad, with weights, gradients and what the optimiser remembers, before and after.",
        "Inspect",
        ("Step",),
    ),
    Idea(
        "sgd",
        "Optimiser and learning rate",
        "optim.SGD, optim.Adam: how far a step goes along the gradient (lr, step size).",
        "Training",
        ("Learning rate",),
    ),
    Idea(
        "momentum",
        "Momentum",
        "optim.SGD(momentum=0.9) keeps a share of the last step in its momentum_buffer, as a rolling ball does.",
        "Training",
        ("Momentum", "Optimiser"),
    ),
    Idea(
        "loader",
        "Dataset, DataLoader and batches",
        "Which rows an epoch hands out in which batch (mini-batch), shuffled or not (DataLoader, batch_size, shuffle).",
        "Batches",
        ("Batch size",),
    ),
    Idea(
        "epoch",
        "Epochs",
        "Each epoch goes through all training rows once; more of them are needed for smaller learning rates.",
        "Training",
        ("Epochs",),
    ),
    Idea(
        "split",
        "Training, validation and test",
        "Rows that teach, rows that watch, and rows that judge at the end: how the data are split (train_test_split).",
        "Data",
        ("Validation",),
    ),
    Idea(
        "initialisation",
        "Initialisation",
        "What weights start with (nn.init, Xavier, Kaiming): histograms below the layer’s settings show it.",
        "Network",
        ("Initialise",),
    ),
    Idea(
        "transfer",
        "Transfer learning and fine-tuning",
        "Begin with weights that were trained on other data (pretrained), with a new head (load_state_dict).",
        "Transfer",
    ),
    Idea(
        "freezing",
        "Freezing layers",
        "Locked weights do not train (requires_grad = False): the padlock beside a layer, verified bit for bit.",
        "Network",
        ("Lock this layer", "Layers"),
    ),
    Idea(
        "accuracy",
        "Accuracy and other metrics",
        "torchmetrics counts right answers: accuracy, precision, recall, F1, confusion matrix, on rows you choose.",
        "Evaluate",
    ),
    Idea(
        "overfitting",
        "Overfitting",
        "The validation loss rises while the training loss falls (generalisation gap, underfitting): see both curves.",
        "Curves",
    ),
    Idea(
        "dropout",
        "Dropout",
        "nn.Dropout sets numbers to zero at random in train(), not in eval(): add it, then look at it in Inspect.",
        "Network",
        ("+ Layer",),
    ),
    Idea(
        "decay",
        "Weight decay (L2 regularisation)",
        "optim.SGD(weight_decay=…) pulls every weight towards zero, against overfitting.",
        "Training",
        ("Weight decay",),
    ),
    Idea(
        "early_stopping",
        "Early stopping",
        "End when the validation loss has not fallen for so many epochs (patience).",
        "Training",
        ("Early stopping",),
    ),
    Idea(
        "grid",
        "Grid and random search",
        "Try many hyperparameters (learning rate, units …) on a grid or at random, and see which of them matter.",
        "Search",
    ),
)
"""In the order in which a course comes to them; fitting one batch first and the range test are actions of their own."""
