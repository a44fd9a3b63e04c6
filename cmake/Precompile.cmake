# Precompiles the headers of the standard library that most sources include, and those given: a faster build, which does
# not show a missing include.
option(DBROLLBACK_PRECOMPILE "Precompile headers" OFF)

function(dbrollback_precompile target)
  if(DBROLLBACK_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <algorithm> <atomic> <chrono> <cstdint> <filesystem> <functional> <map>
                              <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <utility> <vector>
                              ${ARGN})
    # GCC 12 forgets that a precompiled header is a system's, and warns of what it inlines from std::string.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>)
  endif()
endfunction()
