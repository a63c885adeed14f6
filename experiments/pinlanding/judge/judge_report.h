#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/table.h"

namespace twinset::pinlanding {

/// A heading with what stands below it.
struct JudgeSection {
  std::string title;
  std::string text;  ///< plain; a line a paragraph
  std::vector<Table> tables;
  std::vector<std::string> figures;  ///< stems of drawn figures, STEM.svg
};

/// One self-contained page, written atomically. @param figures  the folder of the drawn figures
void write_judge_report(const std::vector<JudgeSection>& sections,
                        const std::filesystem::path& figures, const std::filesystem::path& file);

}  // namespace twinset::pinlanding
