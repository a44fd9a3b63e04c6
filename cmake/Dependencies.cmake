# Every library that dbrollback needs, as imported targets. Used by the build and by the installed package alike.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(SQLite3)
find_dependency(LibArchive)
find_dependency(absl)
if(NOT DBROLLBACK_INSTALLED)
  find_package(Boost REQUIRED COMPONENTS program_options)
endif()

foreach(name IN ITEMS zstd xxhash)
  if(NOT TARGET dbrollback::${name})
    find_path(DBROLLBACK_${name}_INCLUDE ${name}.h)
    find_library(DBROLLBACK_${name}_LIBRARY ${name})
    if(NOT DBROLLBACK_${name}_INCLUDE OR NOT DBROLLBACK_${name}_LIBRARY)
      message(FATAL_ERROR "dbrollback needs lib${name}: install lib${name}-dev")
    endif()
    add_library(dbrollback::${name} UNKNOWN IMPORTED)
    set_target_properties(dbrollback::${name} PROPERTIES
      IMPORTED_LOCATION ${DBROLLBACK_${name}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${DBROLLBACK_${name}_INCLUDE})
  endif()
endforeach()
