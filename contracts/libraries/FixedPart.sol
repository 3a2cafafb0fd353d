// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title FixedPart
/// @notice Code of a contract that lives at a second address, *because* one contract may have 24 kB. It runs on the storage
/// of the first, which never changes the address: this is no proxy.
library FixedPart {
    /// @notice Delegating to an address without code would succeed and do nothing.
    error PartWithoutCode(address part);

    function requireCode(address part) internal view {
        if (part.code.length == 0) revert PartWithoutCode(part);
    }

    /// @dev Runs the same call in the part and ends the whole call with its answer.
    function delegate(address part) internal {
        assembly {
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), part, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(success) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
    }
}
