#!/usr/bin/env python3
"""Golden files: weights, inputs, outputs and gradients of PyTorch's and open_clip's own modules, computed in float64.

    pip install torch==2.11.0 torchvision open_clip_torch==3.3.0 safetensors
    python tests/framework/encoders/make_golden.py

Writes golden/*.safetensors beside this script and ../checkpoints/golden. The gradient is that of sum(output * gradient), over
every output of the file. Image sizes and widths are tiny, so that a file stays below 60 kB.
"""
import pathlib

import torch
import torch.nn as nn
from open_clip.transformer import TextTransformer, VisionTransformer
from safetensors.torch import save_file
from torchvision.models.resnet import BasicBlock

HERE = pathlib.Path(__file__).parent
DIM = 6
TOKENS = torch.tensor([[1, 5, 9, 2, 0, 0, 0], [1, 7, 2, 0, 0, 0, 0], [1, 3, 4, 5, 6, 2, 0]])  # the last column is padding


class Resnet(nn.Module):
    """Stem 3x3/2, stages of torchvision's BasicBlock, global mean, projection."""

    def __init__(self, widths, blocks):
        super().__init__()
        self.conv1, self.bn1, self.num_stages = nn.Conv2d(3, widths[0], 3, 2, 1, bias=False), nn.BatchNorm2d(widths[0]), len(widths)
        channels = widths[0]
        for stage, (width, count) in enumerate(zip(widths, blocks)):
            layer = []
            for i in range(count):
                stride = 2 if stage and not i else 1
                same = stride == 1 and channels == width
                down = None if same else nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))
                layer.append(BasicBlock(channels, width, stride, down))
                channels = width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.fc = nn.Linear(channels, DIM)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        for stage in range(self.num_stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))


class Product(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = Resnet([4], [1])
        self.text = nn.EmbeddingBag(12, DIM, mode="mean", padding_idx=0)
        self.fusion = nn.Sequential(nn.LayerNorm(2 * DIM), nn.Linear(2 * DIM, 10), nn.GELU(), nn.Linear(10, DIM))

    def forward(self, images, tokens):
        return self.fusion(torch.cat([self.image(images), self.text(tokens)], 1))


def prepare(module):
    """Float64 weights that float32 holds exactly; norms moved off their first values, so that they count."""
    for name, p in module.named_parameters():
        if p.ndim == 1:
            p.data += 0.3 * torch.randn_like(p)
    for name, b in module.named_buffers():
        if "running" in name:
            b.data += 0.3 * torch.rand_like(b)
    return module.double()


def tensors_of(module):
    keep = lambda n: not n.endswith(("num_batches_tracked", "attn_mask"))
    return {n: t.detach().clone() for n, t in module.state_dict().items() if keep(n)}


def write(name, module, inputs, outputs_of, extra=None):
    weights = tensors_of(module)
    outputs = outputs_of()
    gradients = {n: torch.randn(*o.shape).double() for n, o in outputs.items()}
    module.zero_grad()
    sum((o * gradients[n]).sum() for n, o in outputs.items()).backward()
    file = {f"weight.{n}": t for n, t in weights.items()}
    file |= {f"input.{n}": t for n, t in inputs.items()}
    file |= {f"output.{n}": t.detach() for n, t in outputs.items()}
    file |= {f"gradient.{n}": t for n, t in gradients.items()}
    file |= {f"weight_gradient.{n}": p.grad for n, p in module.named_parameters()}
    file |= extra() if extra else {}
    narrow = {n: (t.float() if t.is_floating_point() else t).contiguous() for n, t in file.items()}
    path = HERE / "golden" / f"{name}.safetensors"
    save_file(narrow, path)
    print(path.name, path.stat().st_size)
    assert path.stat().st_size < 60_000


def resnet():
    net = prepare(Resnet([6, 8], [1, 2]))
    images = torch.randn(3, 3, 12, 12).double().float().double()
    net.train()

    def extra():
        trained = {f"trained.{n}": t for n, t in tensors_of(net).items() if "running" in n}
        net.eval()
        return trained | {"output.eval": net(images).detach()}

    write("resnet", net, {"images": images}, lambda: {"train": net(images)}, extra)


def vit(pool, name):
    net = prepare(VisionTransformer(image_size=8, patch_size=4, width=12, layers=2, heads=3, mlp_ratio=4.0, output_dim=DIM, pool_type=pool))
    images = torch.randn(3, 3, 8, 8).double()
    write(name, net, {"images": images.float().double()}, lambda: {"embedding": net(images.float().double())})


def text(is_causal, name):
    net = prepare(TextTransformer(context_length=7, vocab_size=12, width=12, heads=3, layers=2, output_dim=DIM, eos_id=2, pad_id=0,
                                  no_causal_mask=not is_causal, use_pad_mask=not is_causal, pool_type="eos"))
    projection = net.text_projection

    def outputs():
        results = {"last": net(TOKENS)}
        net.pool_type, net.text_projection = "none", None
        states, is_token = net(TOKENS), (TOKENS != 0)[..., None]
        net.pool_type, net.text_projection = "eos", projection
        results["mean"] = ((states * is_token).sum(1) / is_token.sum(1)) @ projection
        results["max"] = states.masked_fill(~is_token, float("-inf")).amax(1) @ projection
        return results if is_causal else results | {"first": states[:, 0] @ projection}

    write(name, net, {"tokens": TOKENS}, outputs)


def token_mean():
    net = nn.EmbeddingBag(12, DIM, mode="mean", padding_idx=0)
    net = prepare(net)
    write("token_mean", net, {"tokens": TOKENS}, lambda: {"embedding": net(TOKENS)})


def product():
    net = prepare(Product())
    images = torch.randn(3, 3, 8, 8).double().float().double()
    write("product", net, {"images": images, "tokens": TOKENS}, lambda: {"embedding": net(images, TOKENS)})


def every_type():
    """A file of the safetensors package with each type; one metadata entry, since their order there is random."""
    torch.manual_seed(1)
    types = {"f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "i64": torch.int64, "i32": torch.int32, "u8": torch.uint8, "bool": torch.bool}
    tensors = {n: torch.arange(6).reshape(2, 3).sub(2 if "u" not in n and n != "bool" else 0).to(t) for n, t in types.items()}
    tensors |= {"scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3)}
    path = HERE.parent / "checkpoints" / "golden" / "every_type.safetensors"
    save_file(tensors, path, metadata={"maker": "safetensors \u00e9 \"quoted\""})


if __name__ == "__main__":
    torch.manual_seed(0)
    (HERE / "golden").mkdir(exist_ok=True)
    (HERE.parent / "checkpoints" / "golden").mkdir(exist_ok=True)
    resnet()
    vit("tok", "vit_class")
    vit("avg", "vit_mean")
    text(True, "transformer_causal")
    text(False, "transformer_bidirectional")
    token_mean()
    product()
    every_type()
