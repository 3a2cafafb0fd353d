// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title CallFlipper
/// @notice Makes a call again and again, each time with another bit of it flipped. For tests.
contract CallFlipper {
    /// @param from First bit, counted from the call's first byte and there from the lowest. @param to Past the last.
    /// @param step From one flipped bit to the next.
    /// @return accepted Bits whose flip the target did not refuse, to the first 32.
    /// @return reasons For each flip the selector of the error; zero for a revert without data.
    function flip(
        address target,
        bytes memory data,
        uint256 from,
        uint256 to,
        uint256 step
    ) external view returns (uint256[] memory accepted, bytes4[] memory reasons) {
        accepted = new uint256[](32);
        reasons = new bytes4[]((to - from + step - 1) / step);
        uint256 acceptedCount = 0;
        uint256 flips = 0;
        for (uint256 bit = from; bit < to; bit += step) {
            _toggle(data, bit);
            (bool success, bytes memory answer) = target.staticcall(data);
            if (success) accepted[acceptedCount++] = bit;
            else if (answer.length >= 4) reasons[flips] = bytes4(answer);
            flips++;
            _toggle(data, bit);
        }
        (bool stillAccepted, ) = target.staticcall(data);
        require(stillAccepted, "the call itself is refused");
        assembly ("memory-safe") {
            mstore(accepted, acceptedCount)
        }
    }

    /// @return gasUsed By the call alone, without the transaction around it.
    function gasOf(address target, bytes calldata data) external view returns (uint256 gasUsed) {
        // A first call makes the addresses warm.
        (bool success, ) = target.staticcall(data);
        bytes memory copy = data;
        uint256 before = gasleft();
        assembly ("memory-safe") {
            success := and(success, staticcall(gas(), target, add(copy, 0x20), mload(copy), 0, 0))
        }
        gasUsed = before - gasleft();
        require(success, "the call is refused");
    }

    function _toggle(bytes memory data, uint256 bit) private pure {
        data[bit >> 3] = data[bit >> 3] ^ bytes1(uint8(1 << (bit & 7)));
    }
}
