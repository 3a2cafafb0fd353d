// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {ExecutionRequests} from "../validators/ExecutionRequests.sol";

/// @title WithdrawalVault
contract WithdrawalVault is ExecutionRequests {
    bytes32 private constant COMPOUNDING_PREFIX = bytes32(uint256(0x02) << 248);

    constructor(Wiring memory w) ExecutionRequests(w) {}

    /// @dev Empty, because builders pay by plain transfer with little gas; what came in is counted by its balance.
    receive() external payable {}

    /// @inheritdoc IWithdrawalVault
    function withdrawalCredentials() external view returns (bytes32) {
        return COMPOUNDING_PREFIX | bytes32(uint256(uint160(address(this))));
    }
}
