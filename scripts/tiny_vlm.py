"""Writes a LLaVA of a few thousand parameters with random weights and a byte tokenizer: tiny_vlm.py FOLDER"""
import sys

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

folder = sys.argv[1]
torch.manual_seed(0)
alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
tokens = ["<s>", "</s>", "<pad>", "<image>"] + alphabet
raw = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=[]))
raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
raw.decoder = decoders.ByteLevel()
tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="<pad>", model_input_names=["input_ids", "attention_mask"],
                                                 additional_special_tokens=["<image>"], extra_special_tokens={"image_token": "<image>"})
vision = transformers.CLIPVisionConfig(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=32,
                                       patch_size=16)
text = transformers.LlamaConfig(vocab_size=len(tokens), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
                                num_key_value_heads=2, max_position_embeddings=4096, bos_token_id=0, eos_token_id=1, pad_token_id=2)
config = transformers.LlavaConfig(vision_config=vision, text_config=text, image_token_index=3, vision_feature_layer=-1)
model = transformers.LlavaForConditionalGeneration(config)
model.generation_config.eos_token_id, model.generation_config.pad_token_id = 1, 2
template = ("{% for m in messages %}{{ m['role'] }}: {% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}"
            "{% if c['type'] == 'image' %}<image>{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}\n{% endfor %}assistant: ")
images = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
processor = transformers.LlavaProcessor(image_processor=images, tokenizer=tokenizer, patch_size=16, chat_template=template,
                                        vision_feature_select_strategy="default", num_additional_image_tokens=1)
model.save_pretrained(folder)
processor.save_pretrained(folder)
print(sum(p.numel() for p in model.parameters()), "parameters")
