"""Any sequence model of Hugging Face's transformers.

A library of models that others have published, from Mamba to GPT-2. Each is fed the elements of the
sequence through a linear layer in the place of words, and answers from its last hidden states.
"""

import difflib
import inspect
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from pydantic import DirectoryPath, PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._positions import too_long

os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported: nothing is ever downloaded

INSTALL = "transformers is not installed: make setup-huggingface, or the extra [huggingface]"
# How a folder of weights is read: as data, whose code is not run, and from this machine alone.
OF_FILES = {"local_files_only": True, "trust_remote_code": False}
# Types whose layers see the past only through a recurrent state.
RECURRENT = ("falcon_mamba", "mamba", "mamba2", "rwkv", "xlstm")
# The longest chunk that xLSTM processes at once here.
CHUNK = 64


class HuggingFace(nn.Module):
    """A linear embedding, a model of transformers fed with `inputs_embeds`, a linear read-out.

    The model's own embedding of words is left out. Its configuration is the library's default for
    its type, with `config` and, where that does not say otherwise, with what this task asks for:
    as many positions as the longest sequence has steps (`_sized`), and ways of computing that work
    on every device and can be trained (`_computed`), of `pretrained` weights as well.

    It reads shorter and longer sequences. Of a type whose positions are neither rotary nor those of
    a recurrence, none is longer than it has positions.

    Its state is what the library keeps of the steps before to read the next one, as numbers: it is
    counted in the library's cache, but for xLSTM (`_xlstm_state`).

    Args:
        shape: what it is built for.
        model: a model type of transformers, such as `mamba`, `xlstm` or `gpt2`.
        config: keys of that type's configuration, by their own names or the library's common ones,
            such as `num_hidden_layers`.
        hidden_size: its width, `hidden_size` in the library too.
        pretrained: instead of `model`, a folder as `save_pretrained` writes it.
        freeze: whether only embedding and read-out are trained.
    """

    def __init__(
        self,
        shape: Shape,
        model: str | None = None,
        config: dict[str, Any] | None = None,
        hidden_size: PositiveInt | None = None,
        pretrained: DirectoryPath | None = None,
        freeze: bool = False,
    ) -> None:
        super().__init__()
        from transformers import AutoConfig, AutoModel

        if pretrained is None:
            width = {} if hidden_size is None else {"hidden_size": hidden_size}
            given = {**(config or {}), **width}
            kind = _class(model)
            ours = _sized(shape.steps) | _computed(model, shape.steps)
            defaults = _without(ours, kind, given)
            self.backbone = AutoModel.from_config(kind(**defaults, **given))
        else:
            kept = AutoConfig.from_pretrained(pretrained, **OF_FILES)
            kept.update(_without(_computed(kept.model_type, shape.steps), type(kept), {}))
            self.backbone = AutoModel.from_pretrained(
                pretrained, config=kept, dtype=torch.float32, use_safetensors=True, **OF_FILES
            )
        if self.backbone.config.model_type == "xlstm":
            _check_heads(self.backbone.config)
        self.backbone.set_input_embeddings(nn.Identity())
        if getattr(self.backbone, "pooler", None) is not None:
            self.backbone.pooler = None  # of encoders: a summary that is not read here
        positions = getattr(self.backbone.config, "max_position_embeddings", None)
        if positions is not None and positions < shape.steps:
            raise too_long(shape.steps, positions)
        if freeze:
            self.backbone.requires_grad_(False)
        width = self.backbone.config.hidden_size
        self.embedding = nn.Linear(shape.features, width)
        self.readout = nn.Linear(width, shape.outputs)
        self.answers, self.steps = shape.answers, shape.steps
        self.recurrent = self.backbone.config.model_type in RECURRENT
        # Rotary positions and a recurrence go on without end; a table of positions ends.
        rotary = getattr(self.backbone.config, "rope_parameters", None) is not None
        self.most = None if self.recurrent or rotary else positions
        # What xLSTM's way of computing needs the steps to be a multiple of.
        chunked = self.backbone.config.model_type == "xlstm"
        self.multiple = self.backbone.config.chunk_size if chunked else 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        steps = x.shape[1]
        if self.most is not None and steps > self.most:
            raise too_long(steps, self.most)
        embedded = self.embedding(x)
        if steps % self.multiple:  # no step sees what is added after it
            embedded = nn.functional.pad(embedded, (0, 0, 0, -steps % self.multiple))
        hidden = self.backbone(inputs_embeds=embedded, use_cache=False).last_hidden_state[:, :steps]
        return self.readout(hidden[:, -self.answers :] if self.answers > 1 else hidden[:, -1])

    @property
    def state_size(self) -> int | None:
        """The numbers that the model keeps of a sequence; None if the library keeps none."""
        if self.backbone.config.model_type == "xlstm":
            return _xlstm_state(self.backbone.config)
        blank = torch.zeros(1, self.steps, self.embedding.in_features)
        try:
            with torch.no_grad():
                output = self.backbone(inputs_embeds=self.embedding(blank), use_cache=True)
        except (AttributeError, RuntimeError, ValueError):  # its cache is not made for this
            return None
        kept = [output.get(name) for name in ("cache_params", "past_key_values", "state")]
        return sum(tensor.numel() for tensor in _tensors(kept, set())) or None

    @staticmethod
    def check(
        model: str | None = None,
        config: dict[str, Any] | None = None,
        hidden_size: int | None = None,
        pretrained: str | None = None,
        freeze: bool = False,
    ) -> None:
        """Refuse options that contradict each other, or that transformers does not know.

        Raises:
            ValueError: what is wrong, and what would be right.
        """
        try:
            import mambapy  # noqa: F401
            import transformers  # noqa: F401
        except ImportError:
            raise ValueError(INSTALL) from None
        if (model is None) == (pretrained is None):
            raise ValueError("needs either `model`, a type to train from scratch, or `pretrained`")
        if pretrained is not None:
            if config or hidden_size:
                raise ValueError(
                    "`pretrained` has its own configuration: leave out `config` and `hidden_size`"
                )
            _check_reads_sequences(_type_of(Path(pretrained)))
            return
        if freeze:
            raise ValueError("`freeze` is for `pretrained` weights; these would be random")
        _check_type(model, config or {})


def _type_of(folder: Path) -> str:
    """The model type of pretrained weights."""
    try:
        return str(json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(
            f"{folder} has no config.json with a model_type: it should be a folder that "
            "save_pretrained has written"
        ) from None


def _check_reads_sequences(model: str) -> None:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_MAPPING

    if model not in CONFIG_MAPPING:
        raise ValueError(
            f"transformers has no model type {model!r}; {_nearest(model, CONFIG_MAPPING)}"
        )
    network = MODEL_MAPPING.get(_class(model), None)
    takes = inspect.signature(network.forward).parameters if network else ()
    if "inputs_embeds" not in takes or "decoder_input_ids" in takes:
        raise ValueError(f"{model!r} is no model that reads one sequence of `inputs_embeds`")


def _check_type(model: str, config: dict[str, Any]) -> None:
    from huggingface_hub.errors import StrictDataclassError, StrictDataclassFieldValidationError

    _check_reads_sequences(model)
    kind = _class(model)
    known = {*inspect.signature(kind).parameters, *kind.attribute_map} - {"kwargs"}
    for key in config:
        if key not in known:
            raise ValueError(f"config.{key}: {model} has no such key; {_nearest(key, known)}")
    try:
        kind(**config)
    except StrictDataclassFieldValidationError as error:
        raise ValueError(f"config: {error.__cause__}") from None
    except StrictDataclassError:
        pass  # what depends on the width as well is known only when it is built
    if model == "rwkv" and config.get("num_hidden_layers", 2) < 2:
        raise ValueError(
            "config.num_hidden_layers: rwkv divides by the number of layers less one; at least 2"
        )


def _nearest(name: str, valid: Any) -> str:
    """The valid name closest to `name`; there are too many to list them."""
    near = difflib.get_close_matches(name, list(valid), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else "see its documentation"


def _class(model: str) -> Any:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    return CONFIG_MAPPING[model]


def _sized(steps: int) -> dict[str, Any]:
    """The sizes of what sequences of numbers need: no words, and as many positions as the longest
    has steps.
    """
    return {"vocab_size": 8, "pad_token_id": 0, "max_position_embeddings": steps}


def _computed(model: str, steps: int) -> dict[str, Any]:
    """The ways of computing with which a type can be trained, and evaluated without a change."""
    settings: dict[str, Any] = {"use_cache": False}
    if model == "xlstm":
        # Its default mode is for generating; kernels in bfloat16 are for GPUs. The number of steps
        # has to be a multiple of a chunk; sequences of other lengths are padded to one.
        chunk = max(size for size in range(1, CHUNK + 1) if steps % size == 0)
        settings |= {"mode": "train", "autocast_kernel_dtype": "float32", "chunk_size": chunk}
    if model == "rwkv":
        settings["rescale_every"] = 0  # for half precision; it changes weights in place
    if model in ("mamba", "falcon_mamba"):
        # The library's own way is a loop over steps, each of whose gradients is as large as all.
        import mambapy  # noqa: F401

        settings |= {"use_mambapy": True, "use_associative_scan": False}
    return settings


def _without(settings: dict[str, Any], kind: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Those of `settings` that a class of configurations has, and that are not `given`."""
    names = kind.attribute_map
    known = {*inspect.signature(kind).parameters, *names}
    return {
        key: value
        for key, value in settings.items()
        if key in known and not {key, names.get(key, key)} & given.keys()
    }


def _check_heads(config: Any) -> None:
    """Refuse a width that xLSTM's heads cannot share; the library does so at the first sequence.

    Raises:
        ValueError: which width, and how many heads.
    """
    for factor in (config.qk_dim_factor, config.v_dim_factor):
        if int(config.hidden_size * factor) % config.num_heads:
            raise ValueError(
                f"hidden_size {config.hidden_size}: {config.num_heads} heads cannot share "
                f"{int(config.hidden_size * factor)} keys or values"
            )


def _xlstm_state(config: Any) -> int:
    """A matrix of keys and values, a normaliser, a maximum of gates: for each layer and head.

    C, n and m of the mLSTM (Beck et al., 2024, §2.3). The library's cache rounds the sizes of keys
    and values up to multiples of 64, which its layers do not, so it fits no small model.
    """
    keys, values = (
        int(config.hidden_size * factor) // config.num_heads
        for factor in (config.qk_dim_factor, config.v_dim_factor)
    )
    return config.num_hidden_layers * config.num_heads * (keys * values + keys + 1)


def _tensors(value: Any, seen: set[int]) -> Iterator[torch.Tensor]:
    """Every tensor of numbers in a structure of objects, dicts and lists, once."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, torch.Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item, seen)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item, seen)
    elif hasattr(value, "__dict__"):
        yield from _tensors(vars(value), seen)
