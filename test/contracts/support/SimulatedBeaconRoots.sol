// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Stands where EIP-4788's contract is, because a simulated network fills that with roots of its own in each block. A
/// test stores the root of a timestamp in the slot of the same number.
contract SimulatedBeaconRoots {
    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

    error NoRoot();

    // solhint-disable-next-line no-complex-fallback
    fallback(bytes calldata data) external returns (bytes memory) {
        if (msg.sender == SYSTEM) return "";
        uint256 time = abi.decode(data, (uint256));
        bytes32 root;
        assembly ("memory-safe") {
            root := sload(time)
        }
        if (root == 0) revert NoRoot();
        return abi.encode(root);
    }
}
