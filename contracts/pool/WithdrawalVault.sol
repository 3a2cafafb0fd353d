// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";

/// @title WithdrawalVault
contract WithdrawalVault is IWithdrawalVault {
    bytes32 private constant COMPOUNDING_PREFIX = bytes32(uint256(0x02) << 248);

    /// @dev Empty, because builders pay by plain transfer with little gas; what came in is counted by its balance.
    receive() external payable {}

    /// @inheritdoc IWithdrawalVault
    function withdrawalCredentials() external view returns (bytes32) {
        return COMPOUNDING_PREFIX | bytes32(uint256(uint160(address(this))));
    }
}
