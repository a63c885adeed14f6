#!/usr/bin/env bash
# The quickstart, made small: quickstart.sh PROGRAM. Two runs, the table, a report with pictures; called again it trains nothing, and
# after a run has been lost it makes that one alone.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export TWINSET_CONFIGS=$PWD/configs TWINSET_DATA=$folder/data OMP_NUM_THREADS=1
fail() { printf 'quickstart: %s\n' "$@" >&2; tail -n 30 "$folder"/*.out >&2; exit 1; }
cd "$folder"
quickstart() {
  "$program" quickstart encoder=resnet loss=info_nce,sup_con negatives=full_vocabulary seed=1 dataset.reader.num_products=600 dataset.reader.num_queries=0 \
    trainer.num_steps=2 trainer.evaluate_every=0 loader.batch_size=32 transform.image_size=32 >"$1.out" 2>&1 || fail "the $1 call failed"
}
report=multirun/quickstart/report.html

quickstart first
[ "$(find multirun -name result.json | wc -l)" = 2 ] || fail "there are not two results"
grep -q '^| sup_con ' first.out || fail "no table was printed"
grep -q "report: $PWD/$report" first.out || fail "the report's path is not named"
[ "$(grep -o '<img[^>]*data:image' $report | wc -l)" -ge 10 ] || fail "the report shows fewer than ten pictures"
grep -q 'data:image/svg\|<svg' $report || fail "the report has no figure"

touch -d '1 hour ago' multirun/quickstart/*/result.json
quickstart second
[ -z "$(find multirun -name result.json -newermt '30 minutes ago')" ] || fail "the second call trained again"
[ -s $report ] || fail "the second call left no report"

# A sweep from a folder without configs: its jobs, and --resume, read those that the command named.
configs=$TWINSET_CONFIGS
unset TWINSET_CONFIGS
mkdir -p more/schedule
cp "$configs/schedule/cosine.yaml" more/schedule/mine.yaml
sweep() { "$program" train -m --config-path "$configs" --config-dir "$folder/more" schedule=mine seed=1,2 hydra.sweep.dir=elsewhere launcher=local_pool \
  encoder=resnet loss=info_nce dataset.reader.num_products=600 dataset.reader.num_queries=0 dataset.reader.folder="$data" \
  trainer.num_steps=2 trainer.evaluate_every=0 loader.batch_size=32 transform.image_size=32 "$@" >sweep.out 2>&1; }
data=$(dirname "$(find data -name wardrobe.json | head -n 1)")
sweep || fail "the sweep from elsewhere failed"
[ "$(find elsewhere -name result.json | wc -l)" = 2 ] || fail "there are not two results"
cd data
"$program" train --resume "$folder/elsewhere" >../resume.out 2>&1 || fail "--resume from elsewhere failed"
