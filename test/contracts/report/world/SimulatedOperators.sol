// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Plays registry, sets, changes and fee distributor: keys are always welcome, bonds answer for nothing. Whatever is
/// not listed answers with zeros.
contract SimulatedOperators {
    // solhint-disable-next-line no-complex-fallback
    fallback(bytes calldata) external returns (bytes memory) {
        return new bytes(512);
    }

    function acceptsKeys(uint256) external pure returns (bool) {
        return true;
    }
}
