# Links gRPC, protobuf and Abseil from Debian's archives, which the -dev packages bring beside the
# shared libraries. A message passes some thousand branches of gRPC; across shared libraries many of
# them are indirect, and every process that runs has its own addresses for them all, which the
# processes of a fleet drive out of the branch predictor in turn. Eight clients of a manager on two
# cores do 39 thousand operations a second with the shared libraries, 57 thousand with the archives,
# and 68 thousand if the clients' programs have fixed addresses too (fixed_addresses).
#
# Not under a sanitizer: its suppressions know the libraries by their names.
function(link_archives)
  foreach(target IN LISTS ARGN)
    get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
    foreach(configuration IN LISTS configurations)
      get_target_property(library ${target} IMPORTED_LOCATION_${configuration})
      string(REGEX REPLACE "\\.so[0-9.]*$" ".a" archive "${library}")
      if(EXISTS "${archive}")
        set_target_properties(${target} PROPERTIES
          IMPORTED_LOCATION_${configuration} "${archive}" IMPORTED_SONAME_${configuration} "")
      endif()
    endforeach()
  endforeach()
endfunction()

# A program of clients, of which many run at a time: their addresses are the same, as those of
# Debian's python3 are. The manager, which has keys, is position independent.
function(fixed_addresses)
  if(NOT SYNCMANAGER_SANITIZE)
    set_target_properties(${ARGN} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  endif()
endfunction()

if(NOT SYNCMANAGER_SANITIZE)
  get_directory_property(imported IMPORTED_TARGETS)
  list(FILTER imported INCLUDE REGEX "^(gRPC|protobuf|absl)::")
  link_archives(${imported})
endif()
