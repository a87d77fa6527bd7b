"""The ideas of an introduction to neural networks with PyTorch, and where in the window each is seen and changed.

Words that others use for the same are in the sentences, so that a search for them finds the place.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea, what it is in a sentence, what to do to see it, and its place: a panel or a view, and a control there.

    The ``control`` is named as a screen reader names it; of several the first that is there is pointed at.
    """

    key: str
    title: str
    sentence: str
    to_try: str
    place: str
    controls: tuple[str, ...] = ()


IDEAS = (
    Idea(
        "tensor",
        "Tensors",
        "Numbers in a box with a shape and a dtype (torch.Tensor): here those of one batch, as float32 and int64.",
        "Change Batch size: the first number of both shapes follows.",
        "Batches",
    ),
    Idea(
        "linear",
        "Linear layers and neurons",
        "nn.Linear: each neuron (unit) is a weighted sum of its inputs plus a bias; here one is calculated by hand.",
        "Choose a row such as Linear in the table, then another Neuron: below stands what it adds up.",
        "Inspect",
    ),
    Idea(
        "parameters",
        "Counting parameters",
        "Weights and biases, in × out + out for nn.Linear: beside each layer, and counted in its settings.",
        "Choose a Linear layer and change its Outputs: the sum in its settings follows.",
        "Network",
        ("Layers",),
    ),
    Idea(
        "activation",
        "Activations and saturation",
        "What bends between layers, such as ReLU, sigmoid or tanh: choose one to see its curve with your own numbers.",
        "Choose a row such as ReLU in the table: below are its curve and your numbers on it.",
        "Inspect",
    ),
    Idea(
        "forward",
        "Forward pass",
        "model(x): how a row goes through the network, layer by layer, with shape, dtype and values.",
        "Change Row to send another example through; choose a layer to see all of its numbers.",
        "Inspect",
    ),
    Idea(
        "one_hot",
        "One-hot targets",
        "A class as a row of zeros with a single 1 (F.one_hot): what cross-entropy compares probabilities with.",
        "Press One-hot labels: each label becomes a row of zeros with a single 1.",
        "Batches",
        ("One-hot labels",),
    ),
    Idea(
        "cross_entropy",
        "Softmax and cross-entropy",
        "nn.CrossEntropyLoss: −ln of the probability of the right class, which softmax makes of logits (raw scores).",
        "Choose Cross-entropy, the last row of the table: below, the loss is calculated number by number.",
        "Inspect",
    ),
    Idea(
        "mse",
        "Mean squared error (MSE)",
        "nn.MSELoss: the mean of the squared differences, the usual loss where a number is predicted (regression).",
        "Open the sample diabetes (File / Open sample): there it is the loss, and Inspect calculates it row by row.",
        "Training",
        ("Loss",),
    ),
    Idea(
        "gradient",
        "Gradients and backpropagation",
        "loss.backward(): how much the loss changes with each weight; the bars show where they vanish or explode.",
        "Press Step a few times and follow the column Gradient; with Sigmoid for ReLU it fades towards the input.",
        "Inspect",
    ),
    Idea(
        "step",
        "A manual gradient step",
        "optimizer.step(): w − lr · grad, with weights, gradients and what the optimiser remembers, before and after.",
        "Press Step, and choose a layer: below, each weight before and after, and the formula that moved it.",
        "Inspect",
        ("Step",),
    ),
    Idea(
        "sgd",
        "Optimiser and learning rate",
        "optim.SGD, optim.Adam: how far a step goes along the gradient (lr, step size).",
        "Train with a Learning rate of 0.0001, then with 0.1, and compare how fast and how smoothly the loss falls.",
        "Training",
        ("Learning rate",),
    ),
    Idea(
        "momentum",
        "Momentum",
        "optim.SGD(momentum=0.9) keeps a share of the last step in its momentum_buffer, as a rolling ball does.",
        "Choose SGD with momentum as the Optimiser: Momentum appears; in Inspect, each Step shows its momentum_buffer.",
        "Training",
        ("Momentum", "Optimiser"),
    ),
    Idea(
        "loader",
        "Dataset, DataLoader and batches",
        "Which rows an epoch hands out in which batch (mini-batch), shuffled or not (DataLoader, batch_size, shuffle).",
        "Take the tick from Shuffle and press Next: batches then follow the order of the file.",
        "Batches",
        ("Batch size",),
    ),
    Idea(
        "epoch",
        "Epochs",
        "Each epoch goes through all training rows once; more of them are needed for smaller learning rates.",
        "Set Epochs to 5 and press Train, then to 50: the curves show what each further epoch brings.",
        "Training",
        ("Epochs",),
    ),
    Idea(
        "split",
        "Training, validation and test",
        "Rows that teach, rows that watch, and rows that judge at the end: how the data are split (train_test_split).",
        "Change the shares and see the bar follow; the Table tab shows the rows of each part.",
        "Data",
        ("Validation",),
    ),
    Idea(
        "initialisation",
        "Initialisation",
        "What weights start with (nn.init, Xavier, Kaiming): histograms below the layer’s settings show it.",
        "Choose a Linear layer, and another way to initialise it: the histograms below show what it would start with.",
        "Network",
        ("Initialise",),
    ),
    Idea(
        "transfer",
        "Transfer learning and fine-tuning",
        "Begin with weights that were trained on other data (pretrained), with a new head (load_state_dict).",
        "Open the sample digits-fine-tuned (File / Open sample): its steps are here, up to a comparison without.",
        "Transfer",
    ),
    Idea(
        "freezing",
        "Freezing layers",
        "Locked weights do not train (requires_grad = False): the padlock beside a layer, verified bit for bit.",
        "Click the padlock of the first layer and press Train: at the end it says that its weights are unchanged.",
        "Network",
        ("Lock this layer", "Layers"),
    ),
    Idea(
        "accuracy",
        "Accuracy and other metrics",
        "torchmetrics counts right answers: accuracy, precision, recall, F1, confusion matrix, on rows you choose.",
        "Press Train, then Evaluate: a click on a cell of the confusion matrix lists its rows.",
        "Evaluate",
    ),
    Idea(
        "overfitting",
        "Overfitting",
        "The validation loss rises while the training loss falls (generalisation gap, underfitting): see both curves.",
        "Open the sample diabetes (File / Open sample), set Early stopping to 0 and press Train: the curves part.",
        "Curves",
    ),
    Idea(
        "dropout",
        "Dropout",
        "nn.Dropout sets numbers to zero at random in train(), not in eval(): add it, then look at it in Inspect.",
        "Press + Layer and choose Dropout; in Inspect, change Mode from train() to eval() and see what it does.",
        "Network",
        ("+ Layer",),
    ),
    Idea(
        "decay",
        "Weight decay (L2 regularisation)",
        "optim.SGD(weight_decay=…) pulls every weight towards zero, against overfitting.",
        "Set it to 0.1, train, and compare the histograms of the weights with those of a run without it.",
        "Training",
        ("Weight decay",),
    ),
    Idea(
        "early_stopping",
        "Early stopping",
        "End when the validation loss has not fallen for so many epochs (patience).",
        "Set it to 5 and press Train: the run ends 5 epochs after its best one, whose weights are kept.",
        "Training",
        ("Early stopping",),
    ),
    Idea(
        "grid",
        "Grid and random search",
        "Try many hyperparameters (learning rate, units …) on a grid or at random, and see which of them matter.",
        "Press Search the learning rate, choose Grid as the Method, and press Start.",
        "Search",
    ),
)
"""In the order in which a course comes to them; fitting one batch first and the range test are actions of their own."""
