{
  "targets": [
    {
      "target_name": "mnemo_tokenizer",
      "type": "loadable_module",
      "product_prefix": "",
      "product_extension": "node",
      "sources": ["src/fold.cc", "src/mapped_file.cc", "src/words.cc", "src/tokenizer.cc", "src/ahead.cc", "src/hits.cc", "src/rows.cc", "src/insert.cc", "src/extension.cc"],
      "include_dirs": [
        "../node_modules/better-sqlite3/deps/sqlite3"
      ],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-O3", "-fexceptions", "-fvisibility=hidden", "-Wall", "-Wextra"],
      "ldflags": ["-pthread"],
      "xcode_settings": {
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "MACOSX_DEPLOYMENT_TARGET": "11.0"
      },
      "msvs_settings": {
        "VCCLCompilerTool": { "ExceptionHandling": 1, "AdditionalOptions": ["/std:c++17", "/utf-8"] }
      }
    }
  ]
}
